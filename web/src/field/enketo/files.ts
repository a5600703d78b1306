/** enketo-core's own file questions are not used: `widgets.ts` keeps files in the phone's database at once. */
export default {
  init: (): Promise<boolean> => Promise.resolve(true),
  isWaitingForPermissions: (): boolean => false,
  getFileUrl: (): Promise<null> => Promise.resolve(null),
  getObjectUrl: (): Promise<null> => Promise.resolve(null),
  getCurrentFiles: (): never[] => [],
  isTooLarge: (): boolean => false,
  getMaxSizeReadable: (): string => '',
};
