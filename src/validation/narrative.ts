const ELEMENTS = new Set(
	(
		"a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img " +
		"li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var"
	).split(" "),
);
const ATTRIBUTES = new Set(
	(
		"abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset " +
		"cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel " +
		"rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width " +
		"xmlns xml:lang xml:space"
	).split(" "),
);
const XHTML = "http://www.w3.org/1999/xhtml";
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));/y;
const ENTITIES = new RegExp(ENTITY.source, "g");
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Why `div` may not be stored as a narrative, or `undefined`. A strict reader of the small language that txt-1 allows:
 * whatever it does not know is refused, so nothing is left to how lenient a browser's HTML parser is. No CDATA, no
 * processing instructions, no markup in comments: browsers read those unlike XML does.
 * https://hl7.org/fhir/R4/narrative.html#xhtml
 */
export function narrativeFault(div: string): string | undefined {
	const open: string[] = [];
	let content = false;
	let at = skipSpace(div, 0);
	while (at < div.length) {
		if (div.charCodeAt(at) !== LESS_THAN) {
			const end = indexOr(div, "<", at);
			if (open.length === 0) return "has text outside its <div>: move it inside";
			const text = div.slice(at, end);
			if (!hasKnownEntities(text)) return UNKNOWN_ENTITY;
			content ||= /[^ \t\r\n]/.test(text);
			at = end;
		} else if (div.startsWith("<!--", at)) {
			const end = div.indexOf("-->", at + 4);
			if (end === -1 || /[<>]|--|^-|-$/.test(div.slice(at + 4, end)))
				return "has markup in a comment: remove the comment";
			at = open.length === 0 ? skipSpace(div, end + 3) : end + 3;
		} else if (div.charCodeAt(at + 1) === SLASH) {
			const name = open.pop();
			if (name === undefined || !div.startsWith(name, at + 2))
				return "is not well-formed XML: close every element in turn";
			const end = skipSpace(div, at + 2 + name.length);
			if (div[end] !== ">") return "is not well-formed XML: close every element in turn";
			at = open.length === 0 ? skipSpace(div, end + 1) : end + 1;
			if (open.length === 0 && at < div.length) return "has content after its <div>: one <div> holds it all";
		} else {
			const tag = readTag(div, at + 1, open.length === 0);
			if (typeof tag === "string") return tag;
			if (!tag.empty) open.push(tag.name);
			else if (open.length === 0) return EMPTY;
			content ||= tag.image;
			at = tag.end;
		}
	}
	if (open.length > 0) return "is not well-formed XML: close every element in turn";
	return content ? undefined : EMPTY;
}

const LESS_THAN = 60;
const SLASH = 47;
const GREATER_THAN = 62;
const EMPTY = "has no text (txt-2): give it some, or leave the narrative out";
const UNKNOWN_ENTITY =
	"has an entity XML does not know: of named ones write only &amp; &lt; &gt; &quot; &apos;, else &#160;";

type Tag = { name: string; end: number; empty: boolean; image: boolean };

function readTag(div: string, start: number, root: boolean): Tag | string {
	const name = readName(div, start);
	if (name === "") return "is not well-formed XML: write < in text as &lt;";
	if (!ELEMENTS.has(name)) return `holds <${name}>, which a narrative may not (txt-1): remove it`;
	if (root && name !== "div") return "must be one <div> element";
	let at = start + name.length;
	const seen: string[] = [];
	for (;;) {
		const next = skipSpace(div, at);
		const c = div.charCodeAt(next);
		if (c === GREATER_THAN || (c === SLASH && div.charCodeAt(next + 1) === GREATER_THAN)) {
			if (root && !seen.includes("xmlns")) return `must begin <div xmlns="${XHTML}">`;
			const empty = c === SLASH;
			return { name, end: next + (empty ? 2 : 1), empty, image: name === "img" && seen.includes("src") };
		}
		const attribute = next > at ? readName(div, next) : "";
		if (attribute === "") return `is not well-formed XML in <${name}>`;
		if (!ATTRIBUTES.has(attribute))
			return `holds the attribute ${attribute}, which a narrative may not (txt-1): remove it`;
		if (seen.includes(attribute)) return `gives the attribute ${attribute} twice: keep one`;
		seen.push(attribute);
		const equals = skipSpace(div, next + attribute.length);
		const opening = div[equals] === "=" ? skipSpace(div, equals + 1) : div.length;
		const quote = div[opening];
		const closing = quote === '"' || quote === "'" ? div.indexOf(quote, opening + 1) : -1;
		if (closing === -1) return `is not well-formed XML: put the value of ${attribute} in quotes`;
		const fault = attributeFault(attribute, div.slice(opening + 1, closing));
		if (fault) return fault;
		at = closing + 1;
	}
}

function attributeFault(name: string, raw: string): string | undefined {
	if (raw.includes("<")) return `is not well-formed XML: write < in ${name} as &lt;`;
	if (!hasKnownEntities(raw)) return UNKNOWN_ENTITY;
	const value = decode(raw);
	if (name === "xmlns") return value === XHTML ? undefined : `must be in the namespace ${XHTML}`;
	if (name === "style") return isSafeStyle(value) ? undefined : "has a style that runs or loads something: remove it";
	if (name === "href" || name === "src" || name === "cite" || name === "longdesc") {
		return isSafeUrl(name, value)
			? undefined
			: `has a URL in ${name} that may run something: use https, or data:image/ in src`;
	}
	return undefined;
}

const SAFE_SCHEMES = new Set(["http", "https", "mailto", "tel", "ftp", "urn"]);

function isSafeUrl(name: string, value: string): boolean {
	// Browsers drop these characters from a URL, so that "java\tscript:" is a scheme to them.
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	const url = value.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028\u2029\ufeff]/g, "");
	const scheme = /^([^/?#:]*):/.exec(url)?.[1]?.toLowerCase();
	if (scheme === undefined || SAFE_SCHEMES.has(scheme)) return true;
	return name === "src" && /^data:image\/(png|gif|jpe?g|webp|bmp|x-icon)[;,]/i.test(url);
}

/** A background image inside the style itself is harmless, and the specification's own narratives have one. */
const isSafeStyle = (value: string): boolean =>
	!/\\|\/\*|expression|javascript|vbscript|@import|behaviou?r\s*:|-moz-binding|url\(|image-set\(|src\(/i.test(
		value.replace(/url\(\s*data:\s*image\/(png|gif|jpe?g|webp);base64,[A-Za-z0-9+/=\s]*\)/gi, ""),
	);

/** The name that begins here: letters, digits and `:-` are all that the names allowed are made of. */
function readName(text: string, start: number): string {
	let end = start;
	while (end < text.length && isNamePart(text.charCodeAt(end))) end++;
	return text.slice(start, Math.min(end, start + LONGEST_NAME));
}

const LONGEST_NAME = 32;

const isNamePart = (c: number): boolean =>
	(c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 58) || c === 45 || c === 95;

function skipSpace(text: string, start: number): number {
	let at = start;
	while (at < text.length && isSpace(text.charCodeAt(at))) at++;
	return at;
}

const isSpace = (c: number): boolean => c === 32 || c === 10 || c === 13 || c === 9;

function indexOr(text: string, part: string, at: number): number {
	const index = text.indexOf(part, at);
	return index === -1 ? text.length : index;
}

/** Whether every `&` begins an entity of XML's own or a character XML may hold. */
function hasKnownEntities(text: string): boolean {
	for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) {
		ENTITY.lastIndex = at;
		const found = ENTITY.exec(text);
		if (found === null || (found[1] === undefined && !isXmlCharacter(codePoint(found[2], found[3])))) return false;
	}
	return true;
}

const codePoint = (decimal: string | undefined, hex: string | undefined): number =>
	decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);

/** The text with its entities replaced; they are known ones. */
const decode = (text: string): string =>
	text.includes("&")
		? text.replace(ENTITIES, (_, named?: keyof typeof NAMED, decimal?: string, hex?: string) =>
				named ? NAMED[named] : String.fromCodePoint(codePoint(decimal, hex)),
			)
		: text;

const isXmlCharacter = (code: number): boolean =>
	code === 9 || code === 10 || code === 13 || (code >= 32 && code < 0xd800) || (code > 0xdfff && code <= 0x10ffff);
