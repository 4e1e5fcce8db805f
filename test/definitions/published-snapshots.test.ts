import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { R4_PACKAGE } from "../../scripts/generate-r4-model.ts";
import { readR4 } from "../../scripts/generate-r4-profiles.ts";
import { definitionsOf, type Layer, layer } from "../../src/definitions/definitions.ts";
import { loadR4 } from "../../src/definitions/load.ts";
import type { ElementRule } from "../../src/definitions/profile.ts";
import { Problem, type Resource } from "../../src/kernel/index.ts";

/** Where our snapshot is not the published one: profile and place, what differs, and why that is right. */
const EXPLAINED: readonly { where: RegExp; what: RegExp; why: string }[] = [
	{
		where: /^(canonical|code|id|markdown|oid|positiveInt|unsignedInt|url|uuid|integer) \1\.value$/,
		what: /^(types|maxLength|minValue|maxValue)$/,
		why: "the value of a primitive is what its own page says; the packed R4 holds the published snapshot",
	},
	{
		where: /^bp Observation\.component:(Systolic|Diastolic)BP\.value\[x\]/,
		what: /^(slicing|missing|extra)$/,
		why: "valueQuantity inside a slice was published as value[x] of one type; a closed type slice says the same",
	},
	{
		where: /^elementdefinition-de ElementDefinition\.extension:(Question|AllowedUnits)\./,
		what: /^missing$/,
		why: "the elements of two extensions are published though nothing is said of them; they hold by their profiles",
	},
	{
		where: /^((hdl|ldl)?cholesterol) Observation\.referenceRange\.(low|high)$/,
		what: /^constraints$/,
		why: "constraints of SimpleQuantity are published again at the element; they hold by its profile",
	},
	{
		where: /^provenance-relevant-history Provenance\.agent:Author\.type$/,
		what: /^binding$/,
		why: "the published slice has the binding of the base, though the profile binds the element it is a slice of",
	},
	{
		where: /^provenance-relevant-history Provenance\.entity\.agent$/,
		what: /^contentReference$/,
		why: "published as sharing the content of one slice, which the differential does not say",
	},
	{
		where: /^(catalog|familymemberhistory-genetic) $/,
		what: /^refused: .*is not sliced/,
		why: "the differential has slice names on elements that it does not slice",
	},
	{
		where: /^codesystem-history $/,
		what: /^refused: .*is wider than 0\.\.0 of the base/,
		why: "the differential forbids an element and then slices it",
	},
];

const KEYS = ["path", "sliceName", "min", "max", "types", "contentReference", "fixed", "pattern", "binding"] as const;
const MORE_KEYS = ["minValue", "maxValue", "maxLength", "slicing", "mustSupport", "isModifier"] as const;

/** What differs in one profile: `<place>` and what. */
function differences(made: readonly ElementRule[], published: readonly ElementRule[]): [string, string][] {
	const byId = new Map(made.map((rule) => [rule.id, rule]));
	const extra = new Set(byId.keys());
	const found = published.flatMap((wanted): [string, string][] => {
		const rule = byId.get(wanted.id);
		extra.delete(wanted.id);
		if (rule === undefined) return [[wanted.id, "missing"]];
		const keys = [...KEYS, ...MORE_KEYS].filter((key) => JSON.stringify(rule[key]) !== JSON.stringify(wanted[key]));
		const isSame = keysOf(rule) === keysOf(wanted);
		return [...keys, ...(isSame ? [] : ["constraints"])].map((key) => [wanted.id, key]);
	});
	return [...found, ...[...extra].map((id): [string, string] => [id, "extra"])];
}

const keysOf = ({ constraints = [] }: ElementRule): string =>
	constraints
		.map(({ key }) => key)
		.sort()
		.join();

/** Every profile made from its differential alone, against the snapshot it was published with. */
function compare(resources: readonly Resource[], published: Layer, made: Layer): string[] {
	return resources.flatMap(({ url, version }) => {
		const canonical = `${url}|${version}`;
		const name = String(url).replace(/^.*\//, "");
		try {
			const ours = made.profile(canonical)?.elements ?? [];
			const found = differences(ours, published.profile(canonical)?.elements ?? []);
			return found.map(([id, what]) => `${name} ${id}\t${what}`);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			return [`${name} \trefused: ${error.message}`];
		}
	});
}

const used = new Set<string>();

function unexplained(found: readonly string[]): string[] {
	return found.filter((line) => {
		const [place = "", what = ""] = line.split("\t");
		const reason = EXPLAINED.find((one) => one.where.test(place) && one.what.test(what));
		if (reason) used.add(reason.why);
		return reason === undefined;
	});
}

const withoutSnapshots = (resources: readonly Resource[]) =>
	resources.map(({ snapshot: _, ...rest }) => rest as Resource);

t.test("R4: the differentials give the published snapshots, but for what is explained", async (t) => {
	const resources = readR4(R4_PACKAGE);
	t.ok(resources.length > 600);
	const found = compare(resources, definitionsOf(resources), definitionsOf(withoutSnapshots(resources)));
	t.strictSame(unexplained(found), []);
	t.strictSame(
		EXPLAINED.filter(({ why }) => !used.has(why)).map(({ why }) => why),
		[],
		"nothing is explained that does not differ",
	);
});

const NRCES = "/work/shared/data/nrces/package";

t.test("NRCES: the differentials give the published snapshots", { skip: !existsSync(NRCES) }, async (t) => {
	const resources = readdirSync(NRCES)
		.filter((file) => file.startsWith("StructureDefinition-"))
		.map((file): Resource => JSON.parse(readFileSync(join(NRCES, file), "utf8")));
	t.ok(resources.length > 60);
	const over = (some: readonly Resource[]) => layer(definitionsOf(some), loadR4());
	t.strictSame(compare(resources, over(resources), over(withoutSnapshots(resources))), []);
});
