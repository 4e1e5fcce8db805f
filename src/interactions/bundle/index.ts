import { STATUS_CODES } from "node:http";
import { type FhirRequest, isObject, Problem, type Resource } from "../../kernel/index.ts";
import { bundleText, type Entry } from "../bundle-text.ts";
import type { Exchange, Interaction } from "../engine.ts";
import { preferredReturn } from "../respond.ts";
import { type BatchAnswer, batch } from "./batch.ts";
import { type BundleEntry, readEntries } from "./entry.ts";
import { requireFullUrls } from "./full-url.ts";
import { isWrite } from "./identity.ts";
import { replay } from "./replay.ts";
import { transaction } from "./transaction.ts";

/** Bundle types that are acted on, with what acts. */
const ACTED = { transaction, batch, history: replay };

/** A batch, a transaction or a history to replay, posted to the base. https://hl7.org/fhir/R4/http.html#transaction */
export const bundle: Interaction = {
	code: "transaction",
	level: "system",
	method: "POST",
	path: "",
	async handle(exchange) {
		const { engine, context, request } = exchange;
		const resource = bundleOf(exchange);
		const type = resource.type as string;
		const entries = readEntries(resource, context.base, preferOf(request));
		if (entries.length > engine.limits.bundleEntries) {
			throw new Problem("too-large", {
				text: `The Bundle has ${entries.length} entries; this server takes ${engine.limits.bundleEntries} at most. Send it in parts.`,
				expression: "Bundle.entry",
			});
		}
		if (type !== "history") requireFullUrls(entries);
		const act: (exchange: Exchange, entries: ReturnType<typeof readEntries>) => Promise<Map<number, BatchAnswer>> =
			ACTED[type as keyof typeof ACTED];
		const answers = await act(exchange, entries);
		const body = bundleText(
			type === "batch" ? "batch-response" : "transaction-response",
			entries.map((entry) => entryOf(entry, answers.get(entry.n))),
		);
		return { status: 200, body };
	},
};

/** What holds for every entry; resources only where they are asked for, as there may be many. */
const preferOf = ({ conditions: { prefer = "" } }: FhirRequest): string =>
	/\breturn\s*=/.test(prefer) ? prefer : `return=minimal, ${prefer}`;

function bundleOf({ request: { body } }: Exchange): Resource {
	const tree = body?.kind === "json" ? body.tree : undefined;
	if (!isObject(tree) || tree.resourceType !== "Bundle") {
		throw new Problem(
			"structure",
			'The base takes a Bundle of type transaction or batch: send JSON with "resourceType": "Bundle".',
		);
	}
	if (typeof tree.type === "string" && Object.hasOwn(ACTED, tree.type)) return tree as Resource;
	throw new Problem("value", {
		text: "The base acts on Bundles of type transaction, batch or history. To keep another Bundle as it is, POST it to Bundle.",
		expression: "Bundle.type",
	});
}

/** An OperationOutcome about a write stands in the response; `resource` is for what was asked for. */
function entryOf(entry: BundleEntry, answer: BatchAnswer | undefined): Entry {
	if (!answer) throw new Error("an entry of the Bundle has no answer");
	const { status, location, lastModified } = answer;
	const body = typeof answer.body === "string" && entry.method !== "HEAD" ? answer.body : undefined;
	const isTold = body !== undefined && isWrite(entry) && preferredReturn(entry) === "OperationOutcome";
	const outcome = isTold ? JSON.parse(body) : answer.outcome;
	return {
		...(body !== undefined && !isTold && { resource: body }),
		response: {
			status: `${status} ${STATUS_CODES[status] ?? ""}`.trim(),
			...(location !== undefined && { location }),
			...(answer.etag !== undefined && { etag: answer.etag }),
			...(lastModified && { lastModified: lastModified.toISOString() }),
			...(outcome !== undefined && { outcome }),
		},
	};
}
