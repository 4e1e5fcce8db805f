import type { Database } from "../database.ts";

/** A large code system as loaded: one version. */
export type LargeSystem = {
	readonly url: string;
	readonly version: string;
	readonly name: string;
	readonly caseSensitive: boolean;
	readonly concepts: number;
	/** Whether its concepts subsume one another. */
	readonly hierarchy: boolean;
};

/** The same with what the statements on its tables need. `loadedAt` is an instant. */
export type SystemRow = LargeSystem & {
	readonly id: number;
	readonly properties: readonly string[];
	readonly loadedAt: string;
};

/** Every loaded version, by url, newest version first. */
export async function readSystems(database: Database): Promise<readonly SystemRow[]> {
	const { rows } = await database.searchPool().query<SystemRow>(`
		select id, url, version, name, case_sensitive as "caseSensitive", concepts, hierarchy, properties,
			to_json(loaded_at) #>> '{}' as "loadedAt"
		from phc.terminology_system`);
	return rows.toSorted((a, b) => compareText(a.url, b.url) || compareVersions(b.version, a.version));
}

/** The version asked for, else the newest; `…/sct/<module>` stands for the newest version of that edition. */
export function findSystem(
	systems: readonly SystemRow[],
	url: string,
	version: string | undefined,
): SystemRow | undefined {
	const versions = systems.filter((system) => system.url === url);
	if (version === undefined) return versions[0];
	return (
		versions.find((system) => system.version === version) ??
		versions.find((system) => system.version.startsWith(`${version}/version/`))
	);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const { compare: compareNumbers } = new Intl.Collator("en", { numeric: true });

/** Of SNOMED CT's version URIs the date counts before the edition. */
const compareVersions = (a: string, b: string): number =>
	compareNumbers(a.split("/version/").at(-1) ?? a, b.split("/version/").at(-1) ?? b) || compareNumbers(a, b);
