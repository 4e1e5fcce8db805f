import { uuidv7 } from "uuidv7";

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** A new server-assigned id: a UUIDv7, so that rows made together lie together in an index. */
export const newId = (): string => uuidv7();

/** Whether `text` is a FHIR id. https://hl7.org/fhir/R4/datatypes.html#id */
export const isId = (text: string): boolean => ID.test(text);
