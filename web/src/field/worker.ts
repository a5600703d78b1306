/** Keeps the field client's shell, and the pictures of its forms, so that it opens without a network.
 * Records, drafts and forms lie in the phone's database (`store.ts`), which no worker touches. */
import { keepPage } from '../shared/shell';

keepPage({ page: '/field', prefix: 'maplebridge-field-', also: [{ begins: /^\/field\/forms\/.*\/files\//, name: 'media', most: 200 }] });
