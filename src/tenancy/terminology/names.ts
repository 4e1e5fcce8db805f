/** The tables that belong to one loaded version of a code system. */
export const conceptTable = (id: number): string => `phc.terminology_concept_${id}`;
export const termTable = (id: number): string => `phc.terminology_term_${id}`;

/**
 * SQL for the number under which a property's value is found in `keys`; with the property alone, the number that says
 * it has a value at all.
 */
export const keyOf = (property: string, value?: string): string =>
	`('x' || left(md5(${value === undefined ? property : `${property} || '=' || ${value}`}), 16))::bit(64)::bigint`;
