import { posix } from "node:path";
import { readSource, type SourceText } from "./source-text.ts";

/** The rooms of the house and the rooms each may import. The only copy of ARCHITECTURE section 1 in code. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
	kernel: [],
	definitions: ["kernel"],
	clinical: ["kernel"],
	demo: ["kernel"],
	migrations: [],
	terminology: ["kernel", "definitions"],
	validation: ["kernel", "definitions", "terminology"],
	search: ["kernel", "definitions", "terminology", "clinical"],
	store: ["kernel", "definitions", "clinical", "search"],
	tenancy: ["kernel", "migrations"],
	auth: ["kernel", "tenancy"],
	interactions: ["kernel", "definitions", "terminology", "validation", "search", "store", "auth"],
	jobs: ["kernel", "search", "store", "interactions"],
	operations: ["kernel", "definitions", "terminology", "validation", "search", "store", "interactions", "jobs"],
	abdm: ["kernel", "tenancy", "interactions", "jobs"],
	http: ["kernel", "auth", "tenancy", "abdm"],
};

/** Files and rooms above every room: they put the house together and may import any of it. */
const TOP = ["app.ts", "server.ts", "worker.ts", "worker-messages.ts", "first-start.ts", "cli"];
const TOP_FILES = [...TOP, "config.ts"];

const DRIVER = /^(pg|kysely|@mikro-orm\/.+)$/;
const DRIVER_ROOMS = ["store", "tenancy", "migrations", "app.ts"];
const SQL_ROOMS = ["search", "store", "tenancy", "clinical", "migrations"];
const SQL =
	/^\s*(?:select\s[\s\S]*\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|truncate\s|with\s+\w+\s+as\s*\(|(?:create|alter|drop)\s+(?:unique\s+)?(?:table|index|schema|database|role)\s)/i;
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d)?\.ts$/;
const MOST_LINES = 400;

/** A file of the house: its path below `src/` with forward slashes, and its text. */
export type File = { readonly path: string; readonly text: string };

type Parsed = File & { readonly room: string; readonly source: SourceText };
type Rule = { readonly name: string; readonly check: (file: Parsed) => readonly string[] };

/** Each rule of the house, with what it says about one file: the fault and its mend, in words. */
export const RULES: readonly Rule[] = [
	{
		name: "every file stands in a known room",
		check: ({ room }) =>
			room in ROOMS || TOP.includes(room) || TOP_FILES.includes(room)
				? []
				: [`"${room}" is no room of the house: move the file, or add the room to ROOMS with an ADR`],
	},
	{ name: "a room imports only rooms below it, through their door", check: importFaults },
	{
		name: "only config.ts reads the environment",
		check: ({ path, source }) =>
			path !== "config.ts" && /\bprocess\s*\.\s*env\b|\bprocess\["\d+"\]/.test(source.code)
				? ["reads process.env: take the value as an argument, from Config"]
				: [],
	},
	{
		name: "only the store, tenancy and migrations drive the database",
		check: ({ room, source }) => {
			if (DRIVER_ROOMS.includes(room)) return [];
			const drivers = source.imports.filter((name) => DRIVER.test(name));
			const found = /\bgetKysely\b/.test(source.code) ? [...drivers, "getKysely"] : drivers;
			return found.map((name) => `uses ${name}: call the store or tenancy instead`);
		},
	},
	{
		name: "SQL text stands only in rooms that write it",
		check: ({ room, source }) =>
			SQL_ROOMS.includes(room)
				? []
				: source.strings
						.filter((text) => SQL.test(text))
						.map((text) => `holds SQL ("${text.trim().slice(0, 30)}…"): move it to the store or tenancy`),
	},
	{
		name: "only the command line writes to the console",
		check: ({ room, source }) =>
			room !== "cli" && /\bconsole\s*\.\s*\w+\s*\(/.test(source.code) ? ["calls console: use the logger"] : [],
	},
	{
		name: `a file has at most ${MOST_LINES} lines`,
		check: ({ text }) => {
			const lines = text.split("\n").length - 1;
			return lines > MOST_LINES ? [`has ${lines} lines: make it two files`] : [];
		},
	},
	{
		name: "file names are kebab-case",
		check: ({ path }) => (KEBAB.test(posix.basename(path)) ? [] : ["is not named in kebab-case: rename it"]),
	},
];

/** What is wrong with `files` by one rule: lines of `src/<file>: <fault and mend>`. */
export function faultsOf(rule: Rule, files: readonly File[]): string[] {
	return files.map(parse).flatMap((file) => rule.check(file).map((fault) => `src/${file.path}: ${fault}`));
}

function parse(file: File): Parsed {
	return { ...file, room: file.path.split("/")[0] as string, source: readSource(file.text) };
}

function importFaults({ path, room, source }: Parsed): string[] {
	if (TOP_FILES.includes(room) && !TOP.includes(room)) return topFileFaults(source);
	return relativeImports(path, source).flatMap((target) => {
		const other = target.split("/")[0] as string;
		if (other === room) return [];
		if (target.startsWith("..")) return [`imports ${target}, which is outside src: only what is in src is published`];
		const isTop = TOP.includes(room);
		if (TOP_FILES.includes(other) || TOP.includes(other)) {
			return isTop ? [] : [`imports ${target}: take what it needs as an argument from app.ts`];
		}
		if (!isTop && !ROOMS[room]?.includes(other)) {
			return [`imports the room "${other}": "${room}" may import only ${ROOMS[room]?.join(", ") || "nothing"}`];
		}
		const isDoor = target === `${other}/index.ts` || other === "migrations";
		return isDoor ? [] : [`imports ${target} around its door: import it from ${other}/index.ts`];
	});
}

function topFileFaults(source: SourceText): string[] {
	return source.imports.filter((name) => name.startsWith(".")).map((name) => `imports ${name}: it must stand alone`);
}

function relativeImports(path: string, source: SourceText): string[] {
	return source.imports
		.filter((name) => name.startsWith("."))
		.map((name) => posix.normalize(posix.join(posix.dirname(path), name)));
}

/** Every import cycle among `files`, each once, as `a.ts → b.ts → a.ts`; imports of types count. */
export function findCycles(files: readonly File[]): string[] {
	const edges = new Map(files.map((file) => [file.path, relativeImports(file.path, readSource(file.text))]));
	const state = new Map<string, "open" | "done">();
	const trail: string[] = [];
	const cycles: string[] = [];
	const visit = (path: string): void => {
		if (state.get(path) === "open") cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
		if (state.has(path) || !edges.has(path)) return;
		state.set(path, "open");
		trail.push(path);
		for (const next of edges.get(path) ?? []) visit(next);
		trail.pop();
		state.set(path, "done");
	};
	for (const path of edges.keys()) visit(path);
	return cycles;
}
