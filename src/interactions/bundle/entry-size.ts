import { Problem } from "../../kernel/index.ts";
import type { Exchange } from "../engine.ts";
import type { BundleEntry } from "./entry.ts";

/**
 * A resource may be no larger in a Bundle than alone. It is measured only where the Bundle as a whole is.
 * @throws Problem `too-large`.
 */
export function requireSize({ engine, request }: Exchange, { resource }: BundleEntry): void {
	const most = engine.limits.resourceBytes;
	const size = request.body?.kind === "json" ? request.body.size : undefined;
	if (resource === undefined || (size !== undefined && size <= most)) return;
	const bytes = Buffer.byteLength(JSON.stringify(resource));
	if (bytes <= most) return;
	throw new Problem("too-large", {
		text: `Its resource has ${bytes} bytes; this server takes ${most} at most for one resource. Store large content in parts.`,
		expression: "resource",
	});
}
