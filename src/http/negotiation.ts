import { Problem } from "../kernel/index.ts";

/** The two types an answer in FHIR JSON can carry. https://hl7.org/fhir/R4/http.html#mime-type */
export const FHIR_JSON = "application/fhir+json; charset=utf-8";
export const GENERIC_JSON = "application/json; charset=utf-8";

/** The Content-Type of an answer: FHIR JSON under its own name or, where only that was asked for, the generic one. */
export type AnswerType = typeof FHIR_JSON | typeof GENERIC_JSON;

type Range = { readonly type: string; readonly q: number; readonly fault: string | undefined };

const FORMATS: ReadonlyMap<string, AnswerType> = new Map([
	["json", FHIR_JSON],
	["application/fhir+json", FHIR_JSON],
	["application/json", GENERIC_JSON],
	["text/json", GENERIC_JSON],
]);
const JSON_ONLY = "The server answers in JSON only: ask for application/fhir+json.";
const FHIR_VERSIONS = ["4.0", "4.0.1"];

/**
 * The type of the answer from `_format`, which goes before, or from the Accept header.
 * @throws Problem `not-acceptable` when neither FHIR JSON nor JSON was asked for, or another FHIR version or charset was.
 * https://hl7.org/fhir/R4/http.html#parameters
 */
export function negotiate(accept: string | undefined, format?: string): AnswerType {
	if (format !== undefined && format !== "") return byFormat(format);
	if (!accept || accept === "*/*" || accept === "application/fhir+json") return FHIR_JSON;
	if (accept === "application/json") return GENERIC_JSON;
	return byAccept(accept);
}

/**
 * What a read of Binary asks for: `undefined` for the resource as FHIR JSON, else the Accept header to match its raw
 * bytes against. Bytes are sent unless FHIR JSON is named. https://hl7.org/fhir/R4/binary.html#rest
 */
export function rawAccept(accept: string | undefined, format?: string): string | undefined {
	if (format !== undefined && format !== "") {
		if (formatType(format) !== undefined) return undefined;
		return format.includes("/") ? format : byFormat(format);
	}
	if (!accept) return "*/*";
	const isFhir = parseAccept(accept).some((range) => FORMATS.has(range.type) && range.q > 0 && !range.fault);
	return isFhir ? undefined : accept;
}

/** Whether `_pretty` asks for indented text. https://hl7.org/fhir/R4/http.html#pretty */
export const isPretty = (value: string | undefined): boolean => value === "true";

/** What a request's body is for, which decides the media types it may come as. */
export type BodyUse = "resource" | "patch" | "form";

const BODY_TYPES: Readonly<Record<BodyUse, readonly string[]>> = {
	resource: ["application/fhir+json", "application/json", "text/json"],
	patch: ["application/json-patch+json", "application/merge-patch+json", "application/fhir+json", "application/json"],
	form: ["application/x-www-form-urlencoded"],
};

/**
 * The media type of a request's body, lower-case and without parameters.
 * @throws Problem `unsupported-media-type` that names the types to send instead.
 */
export function bodyType(contentType: string | undefined, use: BodyUse): string {
	if (contentType === "application/fhir+json" && use !== "form") return contentType;
	const allowed = BODY_TYPES[use];
	const mend = `Send ${listText(allowed)}.`;
	if (!contentType) throw new Problem("unsupported-media-type", `The request has no Content-Type. ${mend}`);
	const { type, fault } = parseRange(contentType);
	if (!allowed.includes(type)) {
		const found = /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : "this";
		throw new Problem("unsupported-media-type", `Content-Type ${found} cannot be read here. ${mend}`);
	}
	if (fault) throw new Problem("unsupported-media-type", `The Content-Type ${fault}`);
	return type;
}

/** A `+` in a query means a space, and many clients send `application/fhir+json` unescaped. */
const formatType = (format: string): AnswerType | undefined =>
	FORMATS.get((format.split(";")[0] ?? "").trim().replaceAll(" ", "+").toLowerCase());

function byFormat(format: string): AnswerType {
	const type = formatType(format);
	if (type === undefined) throw new Problem("not-acceptable", `_format asks for another format. ${JSON_ONLY}`);
	const { fault } = parseRange(format);
	if (fault) throw new Problem("not-acceptable", `_format ${fault}`);
	return type;
}

function byAccept(accept: string): AnswerType {
	const ranges = parseAccept(accept);
	const usable = ranges.filter((range) => range.fault === undefined);
	const fhir = bestFor(usable, "application/fhir+json");
	const generic = ["application/json", "text/json"].map((type) => bestFor(usable, type)).reduce(better);
	const best = better(fhir, generic);
	if (best.q > 0) return best === fhir ? FHIR_JSON : GENERIC_JSON;
	const fault = ranges.find((range) => range.fault && range.q > 0 && FORMATS.has(range.type))?.fault;
	throw new Problem(
		"not-acceptable",
		fault ? `Accept ${fault}` : `Accept allows no format the server has. ${JSON_ONLY}`,
	);
}

type Match = { readonly q: number; readonly specificity: number };

/** The weight of a type is that of the most specific range that covers it. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 */
function bestFor(ranges: readonly Range[], type: string): Match {
	let best: Match = { q: 0, specificity: -1 };
	for (const range of ranges) {
		const specificity =
			range.type === type ? 2 : range.type === `${type.split("/")[0]}/*` ? 1 : range.type === "*/*" ? 0 : -1;
		if (specificity > best.specificity) best = { q: range.q, specificity };
	}
	return best;
}

const better = (a: Match, b: Match): Match => (b.q > a.q || (b.q === a.q && b.specificity > a.specificity) ? b : a);

const parseAccept = (accept: string): Range[] => (accept.match(/(?:"[^"]*"|[^,"])+/g) ?? []).map(parseRange);

function parseRange(text: string): Range {
	const [type = "", ...parameters] = text.split(";").map((part) => part.trim().replaceAll('"', ""));
	let q = 1;
	let fault: string | undefined;
	for (const parameter of parameters) {
		const at = parameter.indexOf("=");
		const name = parameter.slice(0, at).trim().toLowerCase();
		const value = parameter.slice(at + 1).trim();
		if (name === "q") q = weight(value);
		else if (name === "fhirversion" && !FHIR_VERSIONS.includes(value)) {
			fault = "names another FHIR version. This server speaks FHIR R4: fhirVersion=4.0.";
		} else if (name === "charset" && !/^utf-?8$/i.test(value))
			fault = "names another charset. FHIR is UTF-8: charset=utf-8.";
	}
	return { type: type.replaceAll(" ", "+").toLowerCase(), q, fault };
}

function weight(text: string): number {
	const q = Number(text);
	return q >= 0 && q <= 1 ? q : 0;
}

const listText = (types: readonly string[]): string =>
	types.length === 1 ? `${types[0]}` : `${types.slice(0, -1).join(", ")} or ${types.at(-1)}`;
