import { type Context, Problem } from "../../kernel/index.ts";
import type { Edge, Pair } from "../../search/index.ts";
import { seal, unseal } from "./seal.ts";

/** Where a page of a search begins, and everything needed to go on with that search and no other. */
export type PagePlace = {
	/** The path under the base that was searched, and its parameters as used. */
	readonly path: string;
	readonly pairs: readonly Pair[];
	readonly strict: boolean;
	readonly edge: Edge;
	readonly backward: boolean;
	/** Milliseconds: rows made later are not part of this search. */
	readonly horizon: number;
	readonly total: number | undefined;
};

type Sealed = PagePlace & { readonly tenant: string; readonly user: string; readonly expires: number };

const LIFETIME_MS = 60 * 60 * 1000;

/** An opaque text for a link: only this clinic and this caller can follow it, for an hour; it shows no clinical value. */
export const writePlace = (key: Buffer, { tenant, caller }: Context, place: PagePlace): string =>
	seal(key, { ...place, tenant: tenant.id, user: caller.userId, expires: Date.now() + LIFETIME_MS } satisfies Sealed);

/** @throws Problem `link-expired` for a link that is too old, of another clinic or caller, or not this server's. */
export function readPlace(key: Buffer, { tenant, caller }: Context, path: string, text: string): PagePlace {
	const sealed = unseal(key, text) as Sealed | undefined;
	const isOwn = sealed?.tenant === tenant.id && sealed.user === caller.userId && sealed.path === path;
	if (sealed && isOwn && sealed.expires > Date.now()) return sealed;
	throw new Problem(
		"link-expired",
		"This page link is not valid any more, or not for you. Search again from the first page.",
	);
}
