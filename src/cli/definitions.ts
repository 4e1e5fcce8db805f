import { parseArgs } from "node:util";
import { typedPath } from "../config.ts";
import {
	type DefinitionPackage,
	faultsOf,
	loadDefinitions,
	packagedDefinitions,
	readPackage,
} from "../definitions/index.ts";
import type { Tenancy } from "../tenancy/index.ts";
import { type Command, type Io, UsageFault } from "./command.ts";
import { onlyName, withTenancy } from "./management.ts";

export const definitions: Command = {
	name: "definitions",
	summary: "add, list or remove packages of profiles and value sets",
	usage: `phc definitions add FILE.tgz|FOLDER [--tenant SLUG]
phc definitions list
phc definitions remove NAME [VERSION] [--tenant SLUG]

Works on the configured database. A package is a FHIR implementation guide for R4 as publishers make it (.tgz), or a
folder of JSON files. It applies to all clinics, or to the one that --tenant names; several versions stand side by side,
and the same name and version again replaces. All profiles are checked first: when one cannot be used, nothing is added.
A running server uses a change within 10 seconds.

  --tenant SLUG   the clinic (all clinics)`,
	run,
};

const OPTIONS = { tenant: { type: "string" } } as const;

async function run(args: readonly string[], io: Io): Promise<number> {
	const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
	const [word, ...names] = positionals;
	if (word === "add") return add(onlyName(names, "package: a .tgz file or a folder"), values.tenant, io);
	if (word === "list") return withTenancy((tenancy) => list(tenancy, io));
	if (word === "remove") return remove(names, values.tenant, io);
	throw new UsageFault("Say what to do: add, list, remove");
}

async function add(path: string, slug: string | undefined, io: Io): Promise<number> {
	const found = await readPackage(typedPath(path));
	for (const { file, reason, isFault } of found.passed) if (isFault) io.err(`passed over: ${file} ${reason}`);
	return withTenancy(async (tenancy) => {
		const faults = await check(tenancy, slug, found);
		if (faults.length > 0) {
			for (const text of faults) io.err(text);
			io.err(
				`${found.name} ${found.version} is not added: ${faults.length === 1 ? "a fault" : `${faults.length} faults`} in its profiles`,
			);
			return 1;
		}
		const { replaced } = await tenancy.addPackage(slug, found);
		const whose = slug === undefined ? "all clinics" : `the clinic ${slug}`;
		const done = replaced ? "is replaced" : "is added";
		io.out(`${found.name} ${found.version} ${done} for ${whose}: ${countsOf(found)}`);
		return 0;
	});
}

/** A package may build on others that are there already. */
async function check(tenancy: Tenancy, slug: string | undefined, found: DefinitionPackage): Promise<string[]> {
	const tenantId = slug === undefined ? undefined : (await tenancy.get(slug)).id;
	const base = loadDefinitions();
	const packaged = await packagedDefinitions(base, () => tenancy.definitionsFor(tenantId))("");
	return faultsOf(found.resources, packaged ?? base).map(({ text }) => text);
}

function countsOf({ resources, passed }: DefinitionPackage): string {
	const counts = Map.groupBy(resources, ({ resourceType }) => resourceType);
	const others =
		passed.length > 0 ? [`${passed.length} other ${passed.length === 1 ? "file" : "files"} passed over`] : [];
	return [...[...counts].map(([type, all]) => `${all.length} ${type}`), ...others].join(", ");
}

async function list(tenancy: Tenancy, io: Io): Promise<number> {
	for (const { name, version, slug, definitions: count, addedAt } of await tenancy.listPackages()) {
		io.out(
			[
				name,
				version,
				slug ?? "(all clinics)",
				`${count} ${count === 1 ? "definition" : "definitions"}`,
				addedAt.slice(0, 10),
			].join("\t"),
		);
	}
	return 0;
}

async function remove(names: readonly string[], slug: string | undefined, io: Io): Promise<number> {
	const [name, version, ...more] = names;
	if (name === undefined || more.length > 0) throw new UsageFault("Name one package, and a version if not all go");
	const versions = await withTenancy((tenancy) => tenancy.removePackage(slug, name, version));
	io.out(`${name} ${version ?? `(${versions} ${versions === 1 ? "version" : "versions"})`} is removed`);
	return 0;
}
