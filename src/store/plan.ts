/** A step of a plan as `EXPLAIN (FORMAT JSON)` writes it; actual figures are there when it was run. Rows are per loop. */
export type PlanNode = {
	readonly "Node Type": string;
	readonly "Relation Name"?: string;
	readonly "Index Name"?: string;
	readonly "Plan Rows": number;
	readonly "Actual Rows"?: number;
	readonly "Actual Loops"?: number;
	readonly "Rows Removed by Filter"?: number;
	readonly "Rows Removed by Index Recheck"?: number;
	readonly Filter?: string;
	readonly "Sort Space Type"?: string;
	readonly Plans?: readonly PlanNode[];
};

/** A whole plan; times in milliseconds. */
export type Plan = { readonly Plan: PlanNode; readonly "Planning Time"?: number; readonly "Execution Time"?: number };

/** What PostgreSQL knows of a table. `rows` is its own estimate, -1 before the first ANALYZE. */
export type TableStatistics = { readonly name: string; readonly rows: number; readonly changed: number };

/** What a plan says, for people. `rowsRead` and `executionMs` are there when the plan was run. */
export type Advice = {
	readonly rowsRead: number | undefined;
	readonly planningMs: number | undefined;
	readonly executionMs: number | undefined;
	readonly indexes: readonly string[];
	readonly advice: readonly string[];
};

const MANY_ROWS = 10_000;
const FAR_OFF = 100;
/** Below this many rows a wrong estimate chooses no worse plan. */
const FEW_ROWS = 1_000;

/** Reads a plan: what it cost, and what would make it cheaper. */
export function adviseOn(plan: Plan, tables: readonly TableStatistics[] = []): Advice {
	const steps = [...stepsOf(plan.Plan, false)];
	const nodes = steps.map(({ node }) => node);
	const statistics = new Map(tables.map((table) => [table.name, table]));
	const read = new Map<string, number>();
	for (const node of nodes.filter(isScan)) {
		const table = node["Relation Name"] as string;
		read.set(table, (read.get(table) ?? 0) + rowsRead(node));
	}
	const advice = [
		...nodes.flatMap((node) => scanAdvice(node, statistics)),
		...nodes.flatMap(filterAdvice),
		...nodes.flatMap(sortAdvice),
		...steps.flatMap(estimateAdvice),
		...[...read].flatMap(([name, rows]) => statisticsAdvice(statistics.get(name), rows)),
	];
	const wasRun = plan.Plan["Actual Rows"] !== undefined;
	return {
		rowsRead: wasRun ? [...read.values()].reduce((sum, rows) => sum + rows, 0) : undefined,
		planningMs: plan["Planning Time"],
		executionMs: plan["Execution Time"],
		indexes: [...new Set(nodes.flatMap((node) => node["Index Name"] ?? []))].sort(),
		advice: [...new Set(advice)],
	};
}

type Step = {
	readonly node: PlanNode /** Whether a limit above may end it before all its rows are seen. */;
	readonly isCut: boolean;
};

function* stepsOf(node: PlanNode, isCut: boolean): Generator<Step> {
	yield { node, isCut };
	const cuts = isCut || node["Node Type"] === "Limit" || /Merge Join|Nested Loop/.test(node["Node Type"]);
	for (const child of node.Plans ?? []) yield* stepsOf(child, cuts);
}

const isScan = (node: PlanNode): boolean => node["Relation Name"] !== undefined;

function rowsRead(node: PlanNode): number {
	const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
	return Math.round(((node["Actual Rows"] ?? 0) + removed) * (node["Actual Loops"] ?? 1));
}

const count = (rows: number): string => Math.round(rows).toLocaleString("en");

function scanAdvice(node: PlanNode, statistics: ReadonlyMap<string, TableStatistics>): string[] {
	const table = node["Relation Name"];
	if (table === undefined || node["Node Type"] !== "Seq Scan") return [];
	const rows = Math.max(rowsRead(node), statistics.get(table)?.rows ?? 0);
	if (rows <= MANY_ROWS) return [];
	return [`Sequential scan of ${table} (${count(rows)} rows). ${mendOf(table, conditionOf(node))}`];
}

/** The filter without its literals, which may look like columns. */
const conditionOf = ({ Filter = "" }: PlanNode): string => Filter.replace(/'(?:[^']|'')*'/g, "''");

/** Which index would serve a condition that is now tested on every row. */
function mendOf(table: string, filter: string): string {
	if (/\bkeys (@>|&&)/.test(filter)) {
		return `The index ${table}_keys on its keys would serve: if the value is rare, run ANALYZE; if most rows have it, add a parameter that tells more.`;
	}
	const columns = [
		...new Set([...filter.matchAll(/\(?"?\b([a-z]+(?:_[a-z]+)*)"? (?:=|<|>|<=|>=) /g)].map(([, name]) => name)),
	];
	const own = columns.filter((name) => name !== "type" && name !== "id");
	if (own.length > 0) return `An index on its column ${own.join(", ")} would serve.`;
	if (/jsonb_to_tsvector/.test(filter)) return "_content has no index: add a patient, a code or a date.";
	if (/facts/.test(filter)) return "No index holds these values: add a patient, a code, an identifier or a date.";
	return "The search narrows nothing down: add a patient, a code, an identifier or a date.";
}

/** Values that only the facts hold are looked up row by row. */
function filterAdvice(node: PlanNode): string[] {
	const removed = (node["Rows Removed by Filter"] ?? 0) * (node["Actual Loops"] ?? 1);
	if (!isScan(node) || node["Node Type"] === "Seq Scan" || removed <= MANY_ROWS) return [];
	const condition = conditionOf(node);
	const what = /jsonb_to_tsvector/.test(condition)
		? "_content"
		: /\bfacts\b/.test(condition)
			? "their facts"
			: undefined;
	if (what === undefined) return [];
	return [
		`${count(removed)} rows of ${node["Relation Name"]} were read and left out by ${what}, which no index holds: add a parameter that has a key or a column (patient, code, identifier, date).`,
	];
}

const sortAdvice = (node: PlanNode): string[] =>
	node["Sort Space Type"] === "Disk" ? ["A sort went to disk: narrow the search, or sort by fewer keys."] : [];

function estimateAdvice({ node, isCut }: Step): string[] {
	const actual = node["Actual Rows"];
	if (actual === undefined || node["Actual Loops"] === 0) return [];
	const [planned, found] = [Math.max(node["Plan Rows"], 1), Math.max(actual, 1)];
	const isOff = found > planned * FAR_OFF || (!isCut && planned > found * FAR_OFF);
	if (!isOff || Math.max(planned, found) < FEW_ROWS) return [];
	const where = node["Relation Name"] ?? node["Index Name"];
	const mend = node["Relation Name"] ? `run ANALYZE ${node["Relation Name"]}` : "run ANALYZE";
	return [
		`${node["Node Type"]}${where ? ` of ${where}` : ""}: ${count(node["Plan Rows"])} rows expected, ${count(actual)} found: ${mend}.`,
	];
}

function statisticsAdvice(table: TableStatistics | undefined, read: number): string[] {
	if (table === undefined) return [];
	const isStale =
		table.rows < 0 ? Math.max(table.changed, read) > FEW_ROWS : table.changed > Math.max(table.rows, MANY_ROWS);
	if (!isStale) return [];
	const what = table.rows < 0 ? "has never been analyzed" : `has changed by ${count(table.changed)} rows since ANALYZE`;
	return [`The table ${table.name} ${what}: run ANALYZE ${table.name}.`];
}
