import { Problem } from "../kernel/index.ts";

const SLUG = /^[a-z][a-z0-9-]{1,40}$/;

/** Words that stand, or may come to stand, where a clinic's name stands in a URL, a host name or a schema. */
const RESERVED = new Set(
	"admin api assets auth console default fhir healthz information-schema login metadata metrics phc public readyz root static system t www".split(
		" ",
	),
);

/**
 * Checks the short name of a clinic, as it stands in its URLs.
 * @throws Problem `value` that says the rule.
 */
export function checkSlug(slug: string): void {
	if (!SLUG.test(slug) || slug.endsWith("-") || slug.includes("--")) {
		const rule = "2 to 41 small letters, digits and single hyphens, a letter first and no hyphen last";
		throw new Problem("value", { text: `slug must be ${rule}, as "phc-rampur".`, expression: "slug" });
	}
	if (RESERVED.has(slug)) {
		throw new Problem("value", { text: `slug "${slug}" is reserved: choose another.`, expression: "slug" });
	}
}

/** The PostgreSQL schema of a clinic. Hyphens stay, so that two slugs never share one; quote it in SQL. */
export const schemaOf = (slug: string): string => `t_${slug}`;
