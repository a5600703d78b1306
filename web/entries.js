/** What is built: one self-contained bundle each, `NAME.js` and `NAME.css` under maplebridge/site/assets/app. */
export const ENTRIES = {
  console: 'src/console/main.ts',
  boot: 'src/console/boot.ts',
  phone: 'src/phone/main.ts',
  pages: 'src/pages/main.ts',
  track: 'src/track/main.ts',
  studio: 'src/studio/main.ts',
  scan: 'src/scan/main.ts',
  itemmap: 'src/itemmap/main.ts',
  'phone-worker': 'src/phone/worker.ts',
  field: 'src/field/main.ts',
  'field-worker': 'src/field/worker.ts',
};
