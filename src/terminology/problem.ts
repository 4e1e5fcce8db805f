import { Problem } from "../kernel/index.ts";

/** A url as a message may show it: what a client sends can be of any length. */
export const shown = (url: string): string => (url.length > 200 ? `${url.slice(0, 200)}…` : url);

/** A terminology question that is well-formed and that this server cannot answer: 422, issue code `not-supported`. */
export const unanswerable = (text: string): Problem => new Problem("unprocessable", { text, code: "not-supported" });
