/** A number whose text a double would not give back (`0.010`, `1.2E+2`, 18 digits), kept as written. */
export interface RawNumber {
	readonly rawJSON: string;
}

/** A JSON value as the server holds it: numbers that a double would change are kept as their text (`RawNumber`). */
export type Json = string | number | boolean | null | RawNumber | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json | undefined };

/** Any FHIR resource, as parsed. Typed views of it come from `@medplum/fhirtypes`. https://hl7.org/fhir/R4/resource.html */
export type Resource = JsonObject & { resourceType: string; id?: string; meta?: JsonObject };

/** Whether `value` is a JSON object (not an array, not a kept number). */
export const isObject = (value: unknown): value is JsonObject =>
	typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
