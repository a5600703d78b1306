/** The console's entry: styles, and the rest as chunks, so that nothing imports this file back. */
import '../shared/tokens.css';
import '../shared/base.css';
import './console.css';

void import('./start');
