import { defined, type ElementChange } from "./element-change.ts";
import { pathOfId, readStep } from "./element-id.ts";
import type { TypeRule } from "./profile.ts";
import { wholeSnapshot } from "./snapshot-tree.ts";
import type { Structure } from "./structure.ts";

/**
 * The committed form of the published profiles (`r4/profiles.json`), written by `scripts/generate-r4-profiles.ts`:
 * differentials, from which the snapshots are made again; `whole` where that would not give the published one.
 */
export type PackedProfiles = { fhirVersion: string; profiles: PackedProfile[] };

export type PackedProfile = {
	/** A canonical, short: `^Patient` stands for `http://hl7.org/fhir/StructureDefinition/Patient`. */
	url: string;
	/** Where it is not the last part of the url. */
	name?: string;
	type: string;
	kind: Structure["kind"];
	derivation?: "constraint";
	abstract?: true;
	base?: string;
	contexts?: Structure["contexts"];
	contextInvariants?: Structure["contextInvariants"];
	whole?: true;
	elements: PackedChange[];
};

/**
 * `[place, cardinality, types, rest]`: place is the id without the root (`.code.coding:sct`), cardinality `0..*` with
 * `?` for what is not said, types as `Reference(^Patient,^Group)`, `Extension[^bmi]`; in `rest` canonicals stand in full.
 */
export type PackedChange = [place: string, cardinality?: string, types?: string, rest?: PackedRest];
export type PackedRest = Omit<Partial<ElementChange>, "id" | "path" | "sliceName" | "min" | "max">;

const TYPES = "http://hl7.org/fhir/StructureDefinition/";
const shorten = (canonical: string): string =>
	canonical.startsWith(TYPES) ? `^${canonical.slice(TYPES.length)}` : canonical;
const lengthen = (short: string): string => (short.startsWith("^") ? TYPES + short.slice(1) : short);

/** Packs what `unpackStructure` gives back, but for the version, which is that of the standard. */
export function packStructure(structure: Structure, whole: boolean): PackedProfile {
	const { url, name, type, kind, derivation, abstract, base, contexts, contextInvariants } = structure;
	const elements = (whole ? structure.snapshot : structure.differential) ?? [];
	return defined({
		url: shorten(url),
		name: url.endsWith(`/${name}`) ? undefined : name,
		type,
		kind,
		derivation: derivation === "constraint" ? derivation : undefined,
		abstract: abstract || undefined,
		base: base && shorten(base),
		contexts,
		contextInvariants,
		whole: whole || undefined,
		elements: elements.map(packChange),
	} as PackedProfile);
}

function packChange(change: ElementChange): PackedChange {
	const { id, path: _, sliceName: __, min, max, types, ...rest } = change;
	const place = id.includes(".") ? id.slice(id.indexOf(".")) : "";
	const said = min === undefined && max === undefined ? "" : `${min ?? "?"}..${timesOf(max)}`;
	const packedTypes = types?.map(packType);
	const isPlain = packedTypes?.every((type) => type !== undefined) ?? true;
	const kept: PackedRest = isPlain ? rest : { ...rest, types };
	const row: [string, string, string, PackedRest?] = [place, said, isPlain ? (packedTypes?.join(" ") ?? "") : ""];
	if (Object.keys(kept).length > 0) return [...row.slice(0, 3), kept] as unknown as PackedChange;
	return (row[2] !== "" ? row : row[1] !== "" ? row.slice(0, 2) : row.slice(0, 1)) as PackedChange;
}

const timesOf = (max: number | undefined): string =>
	max === undefined ? "?" : max === Number.POSITIVE_INFINITY ? "*" : String(max);

function packType({ code, profiles, targetProfiles, aggregation, versioning }: TypeRule): string | undefined {
	if (aggregation !== undefined || versioning !== undefined) return undefined;
	const of = profiles.length > 0 ? `[${profiles.map(shorten).join(",")}]` : "";
	return `${code}${of}${targetProfiles.length > 0 ? `(${targetProfiles.map(shorten).join(",")})` : ""}`;
}

/** The canonical url of a profile that is still packed. */
export const urlOf = ({ url }: PackedProfile): string => lengthen(url);

/** Unpacks one profile. */
export function unpackStructure(packed: PackedProfile, version: string): Structure {
	const { url, name, abstract, base, derivation, whole, elements, ...rest } = packed;
	const changes = elements.map((row) => unpackChange(row, packed.type));
	return defined({
		...rest,
		url: lengthen(url),
		version,
		name: name ?? url.slice(Math.max(url.lastIndexOf("/"), 0) + 1),
		derivation: derivation ?? "specialization",
		abstract: abstract ?? false,
		base: base && lengthen(base),
		...(whole ? { snapshot: wholeSnapshot(changes) } : { differential: changes }),
	} as Structure);
}

function unpackChange([place, said = "", types = "", rest]: PackedChange, root: string): ElementChange {
	const id = root + place;
	const [min, max] = said.split("..");
	return defined({
		id,
		path: pathOfId(id),
		sliceName: readStep(id.slice(id.lastIndexOf(".") + 1)).slice,
		min: min === undefined || min === "" || min === "?" ? undefined : Number(min),
		max: max === undefined || max === "?" ? undefined : max === "*" ? Number.POSITIVE_INFINITY : Number(max),
		types: types === "" ? undefined : types.split(" ").map(unpackType),
		...rest,
	} as ElementChange);
}

function unpackType(type: string): TypeRule {
	const [, code = type, profiles, targets] = /^([^[(]+)(?:\[(.*)\])?(?:\((.*)\))?$/.exec(type) ?? [];
	const list = (names: string | undefined) => (names ? names.split(",").map(lengthen) : []);
	return { code, profiles: list(profiles), targetProfiles: list(targets) };
}
