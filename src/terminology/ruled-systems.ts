import { isUnit } from "./ucum/validity.ts";

/** Code systems that are a grammar, or a list that every Node carries: whether a text is a code of theirs. */
const RULES: Readonly<Record<string, (code: string) => boolean>> = {
	"urn:ietf:bcp:47": isLanguage,
	"urn:ietf:bcp:13": isMimeType,
	"http://unitsofmeasure.org": isUnit,
	"urn:iso:std:iso:4217": (code) => currencies().has(code),
	"urn:iso:std:iso:3166": (code) => isCountry(code) || /^\d{3}$/.test(code) || countries3().has(code),
	"urn:iso:std:iso:3166:-2": (code) => /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(code) && isCountry(code.slice(0, 2)),
	"https://www.iana.org/time-zones": isTimeZone,
};

/** The rule of a system whose codes are told by one; `undefined` for all others. */
export const ruleOf = (system: string): ((code: string) => boolean) | undefined =>
	Object.hasOwn(RULES, system) ? RULES[system] : undefined;

const LANGUAGE =
	/^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?|x(?:-[a-z\d]{1,8})+|i-[a-z]{2,8}|en-gb-oed|sgn-(?:be-fr|be-nl|ch-de))$/i;

/** Well-formed, not registered: new tags come every month. https://www.rfc-editor.org/info/bcp47 */
function isLanguage(code: string): boolean {
	return code.length <= 100 && LANGUAGE.test(code);
}

const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const MIME = new RegExp(`^${TOKEN}/${TOKEN}(?:\\s*;\\s*${TOKEN}=(?:${TOKEN}|"[^"\\\\]*"))*$`);
/** What `CapabilityStatement.format` and `_format` take beside MIME types, although R4 binds it to them. */
const SHORT_FORMATS = ["xml", "json", "ttl"];

function isMimeType(code: string): boolean {
	return code.length <= 500 && (MIME.test(code) || SHORT_FORMATS.includes(code));
}

/** What R4's list of currencies has beside those of CLDR: funds, metals, islands. */
const OTHER_CURRENCIES =
	"BOV CHE CHW CLF COU GGP IMP JEP MXV TVD USN UYI VEF XAG XAU XBA XBB XBC XBD XPD XPT XTS XUA XXX";
let currencyCodes: ReadonlySet<string> | undefined;
function currencies(): ReadonlySet<string> {
	currencyCodes ??= new Set([...Intl.supportedValuesOf("currency"), ...OTHER_CURRENCIES.split(" ")].sort());
	return currencyCodes;
}

/** What CLDR names and ISO 3166-1 does not have: regions of several, withdrawn and reserved ones. */
const NO_COUNTRY = new Set(
	"AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH QO RH SU TA TP UK UN VD XA XB YD YU ZR ZZ".split(" "),
);
const regions = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });

function isCountry(code: string): boolean {
	return /^[A-Z]{2}$/.test(code) && !NO_COUNTRY.has(code) && regions.of(code) !== undefined;
}

const THREE_LETTERS =
	"ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE";
let threeLetters: ReadonlySet<string> | undefined;
function countries3(): ReadonlySet<string> {
	threeLetters ??= new Set(THREE_LETTERS.split(" "));
	return threeLetters;
}

function isTimeZone(code: string): boolean {
	if (!/^[A-Za-z][\w+/-]{1,60}$/.test(code)) return false;
	try {
		new Intl.DateTimeFormat("en", { timeZone: code });
		return true;
	} catch {
		return false;
	}
}

const NAMES: Readonly<Record<string, "language" | "currency" | "region">> = {
	"urn:ietf:bcp:47": "language",
	"urn:iso:std:iso:4217": "currency",
	"urn:iso:std:iso:3166": "region",
};

/** What a code of a ruled system is called in a language, English by default; `undefined` where it has no name. */
export function displayOfRuled(system: string, code: string, language = "en"): string | undefined {
	const type = Object.hasOwn(NAMES, system) ? NAMES[system] : undefined;
	if (type === undefined || (type === "region" && code.length !== 2)) return undefined;
	try {
		return new Intl.DisplayNames([isLanguage(language) ? language : "en", "en"], { type, fallback: "none" }).of(code);
	} catch {
		return undefined;
	}
}

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

const lists = new Map<string, readonly string[]>();

/** The codes of a ruled system in their order, where it has few enough to list; countries by two and three letters. */
export function codesOfRuled(system: string): readonly string[] | undefined {
	const codes = lists.get(system) ?? listOf(system);
	if (codes) lists.set(system, codes);
	return codes;
}

function listOf(system: string): readonly string[] | undefined {
	switch (system) {
		case "urn:iso:std:iso:4217":
			return [...currencies()];
		case "urn:iso:std:iso:3166":
			return [...LETTERS.flatMap((a) => LETTERS.map((b) => a + b)).filter(isCountry), ...countries3()];
		case "https://www.iana.org/time-zones":
			return Intl.supportedValuesOf("timeZone");
		default:
			return undefined;
	}
}
