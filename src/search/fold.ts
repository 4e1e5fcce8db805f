const LATIN_MARKS = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{Mn}+/gu;

/**
 * Text as string search compares it: Unicode forms made one, accents of Latin, Greek and Cyrillic letters dropped,
 * case folded, white space single. Vowel signs of Indic scripts are letters and stay.
 * https://hl7.org/fhir/R4/search.html#string
 */
export function fold(text: string): string {
	if (PLAIN.test(text)) return text.toLowerCase();
	return text.normalize("NFKD").replace(LATIN_MARKS, "$1").normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
}

/** Text on which folding changes nothing but case. */
const PLAIN = /^[!-~]+$/;
