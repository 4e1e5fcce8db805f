const LATIN_MARKS = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{Mn}+/gu;
const PLAIN = /^[\x20-\x7e]*$/;
const BETWEEN_PLAIN_WORDS = /[^a-z0-9]+/g;
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}]+/gu;
/** Far below what a lexeme of PostgreSQL may have: 2,046 bytes. */
const LONGEST_WORD = 200;

/**
 * A text as display search compares it: lower case, no accents on Latin, Greek and Cyrillic letters, its words parted
 * by single blanks and nothing else in it. What is stored and what is asked both go through here.
 */
export function foldWords(text: string): string {
	const folded = PLAIN.test(text) ? foldPlain(text) : foldAny(text);
	if (folded.length <= LONGEST_WORD) return folded;
	return folded
		.split(" ")
		.map((word) => word.slice(0, LONGEST_WORD))
		.join(" ");
}

const foldPlain = (text: string): string => text.toLowerCase().replace(BETWEEN_PLAIN_WORDS, " ").trim();

function foldAny(text: string): string {
	const folded = text.normalize("NFKD").replace(LATIN_MARKS, "$1").normalize("NFC").toLowerCase();
	return folded.replace(BETWEEN_WORDS, " ").trim();
}
