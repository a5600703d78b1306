/** Which writes are orders to people and units: sent late without a word they would do harm. Pure. */
const ORDER = /^\/api\/(incidents\/\d+\/(assignments|stand_down|swap|close|cancel|alarm_level)|units\/\d+\/status)$/;

/** Whether a write moves a unit or ends an incident. */
export const isOrder = (path: string): boolean => ORDER.test(path);
