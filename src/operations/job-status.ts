import type { Exchange, Interaction } from "../interactions/index.ts";
import { type Context, type FhirResponse, Problem, type Role } from "../kernel/index.ts";
import type { Job } from "../store/index.ts";

const PATH = "$job-status";
const ACCESS: readonly Role[] = ["ADMIN"];
const RETRY_SECONDS = 2;

/** The answer to a request whose work goes on: where to ask about it. https://hl7.org/fhir/R4/async.html */
export const jobAccepted = ({ base }: Context, id: string): FhirResponse => ({
	status: 202,
	contentLocation: `${base}/${PATH}/${id}`,
	body: outcome("The work goes on in the background. Ask the URL in Content-Location how far it is."),
});

/** How far a job is: 202 while it goes on, 200 when it is done. https://hl7.org/fhir/R4/async.html#3.1.6.5 */
const jobStatus: Interaction = {
	code: PATH,
	level: "system",
	method: "GET",
	path: `${PATH}/:id`,
	async handle(exchange) {
		const { status, done, total, fault } = await jobOf(exchange);
		switch (status) {
			case "queued":
			case "running":
				return { status: 202, progress: progressText({ done, total }), retryAfter: RETRY_SECONDS };
			case "failed":
				throw new Problem("fault", `The job failed: ${fault ?? "the log says why"}`);
			default:
				return { status: 200, body: outcome(`The job is done: ${done} resources.`) };
		}
	},
};

const jobCancel: Interaction = {
	code: PATH,
	level: "system",
	method: "DELETE",
	path: `${PATH}/:id`,
	async handle(exchange) {
		const { id } = await jobOf(exchange);
		await exchange.engine.store.jobs.cancel(exchange.context.tenant.id, id);
		return { status: 202 };
	},
};

/** How a client that was answered 202 follows its job. */
export const jobRoutes: readonly Interaction[] = [jobStatus, jobCancel];

/** A job of this clinic; a cancelled one is gone. */
async function jobOf({ engine, context, params }: Exchange): Promise<Job> {
	if (!context.caller.roles.some((role) => ACCESS.includes(role))) {
		throw new Problem("forbidden", `Jobs are shown to the role ${ACCESS.join(" or ")} only.`);
	}
	const job = await engine.store.jobs.find(context.tenant.id, params.id);
	if (!job || job.status === "cancelled") throw new Problem("not-found", "There is no such job, or it was cancelled.");
	return job;
}

const progressText = ({ done, total }: Pick<Job, "done" | "total">): string =>
	total === undefined ? "waiting for its turn" : `${done} of ${total}`;

const outcome = (text: string): string =>
	JSON.stringify({
		resourceType: "OperationOutcome",
		issue: [{ severity: "information", code: "informational", details: { text }, diagnostics: text }],
	});
