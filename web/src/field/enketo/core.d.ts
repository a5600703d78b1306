/** enketo-core comes without types: what is used of it. */
declare module 'enketo-core/src/js/form' {
  export class Form {
    constructor(
      form: Element,
      data: {
        modelStr: string;
        instanceStr: string | null;
        submitted: boolean;
        external: { id: string; xml: Document }[];
        session: Record<string, string>;
      },
      options: { language?: string },
    );
  }
}
declare module 'enketo-core/src/js/widget' {
  export default class Widget {
    static get name(): string;
    static get selector(): string;
    element: HTMLElement;
    question: HTMLElement;
    _init(): void;
  }
}
declare module 'enketo-core/src/widget/radio/radiopicker';
declare module 'enketo-core/src/js/event' {
  const events: { BeforeSave(): Event };
  export default events;
}
