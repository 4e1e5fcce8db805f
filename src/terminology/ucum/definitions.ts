import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** How UCUM defines a unit symbol: `factor` (a decimal, or a fraction `5/9`) times the units of `term`. */
export type UnitDefinition = {
	readonly factor: string;
	/** A UCUM term; absent where the symbol is a dimension of its own: a base unit or an arbitrary unit. */
	readonly term?: string;
	/** What is added to a value of this unit before the factor: `273.15` for `Cel`. */
	readonly offset?: string;
	/** It has no linear relation to its dimension (logarithms, tangents), so its values cannot be scaled. */
	readonly nonLinear?: true;
	readonly metric: boolean;
};

export type UcumDefinitions = {
	readonly units: ReadonlyMap<string, UnitDefinition>;
	/** Prefix → its value as a decimal. */
	readonly prefixes: ReadonlyMap<string, string>;
};

type Table = { config: (string | string[])[]; data: unknown[][] };
type Row = {
	csCode_: string;
	source_: string;
	isBase_: boolean;
	isMetric_: boolean;
	isSpecial_: boolean;
	isArbitrary_: boolean;
	cnv_: string | null;
	csUnitString_: string | null;
	baseFactorStr_: string | null;
};

let cached: UcumDefinitions | undefined;

/** The symbols of UCUM, read from `@lhncbc/ucum-lhc` at the first call. https://ucum.org/ucum */
export function ucumDefinitions(): UcumDefinitions {
	if (cached) return cached;
	const path = createRequire(import.meta.url).resolve("@lhncbc/ucum-lhc/data/ucumDefs.min.json");
	const file = JSON.parse(readFileSync(path, "utf8")) as { prefixes: Table; units: Table };
	const rows = rowsOf<Row>(file.units).filter((row) => row.source_ === "UCUM");
	cached = {
		units: new Map(rows.map((row) => [row.csCode_, definitionOf(row)])),
		prefixes: new Map(
			rowsOf<{ code_: string; value_: number }>(file.prefixes).map((row) => [row.code_, String(row.value_)]),
		),
	};
	return cached;
}

const rowsOf = <T>({ config, data }: Table): T[] => {
	const names = config.map((name) => (typeof name === "string" ? name : (name[0] ?? "")));
	return data.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])) as T);
};

/** What the library's table keeps only as a rounded number, or leaves to its code. */
const OWN: Readonly<Record<string, Partial<UnitDefinition>>> = {
	Cel: { term: "K", offset: "273.15" },
	"[degF]": { factor: "5/9", term: "K", offset: "459.67" },
	"[degRe]": { factor: "5/4", term: "K", offset: "218.52" },
	"[S]": { term: "10*-13.s" },
	"[mu_0]": { term: "4.[pi].10*-7.N/A2" },
	Oe: { factor: "250", term: "/[pi].A/m" },
};

function definitionOf(row: Row): UnitDefinition {
	const own = OWN[row.csCode_];
	const metric = row.isMetric_ || row.isBase_;
	if (own) return { factor: "1", metric, ...own };
	if (row.isBase_ || (row.isArbitrary_ && row.csUnitString_ === "1")) return { factor: "1", metric };
	if (row.isSpecial_) return { factor: "1", metric, nonLinear: true };
	const term = row.csUnitString_ ?? "1";
	return { factor: row.baseFactorStr_ ?? "1", term: row.cnv_ === "inv" ? `/${term}` : term, metric };
}
