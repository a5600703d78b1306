/** Keeps the phone's shell (page, script, style, icons, map styles and tiles seen) so that it opens without a network.
 * Answers of the API are never kept here: what may be remembered stands in `saved.ts`. */
import { keepPage } from '../shared/shell';

keepPage({ page: '/unit', prefix: 'maplebridge-unit-', also: [{ begins: /^\/map\//, name: 'map', most: 400 }] });
