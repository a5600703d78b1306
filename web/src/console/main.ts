/** The console's entry: styles and the start. */
import '../shared/tokens.css';
import '../shared/base.css';
import './console.css';

import './start';
