import { type Pair, parseSearch, print } from "../../search/index.ts";
import { type Advice, adviseOn, type Explanation } from "../../store/index.ts";
import type { Exchange } from "../engine.ts";
import { readCount } from "../paging.ts";
import { isStrict } from "../respond.ts";
import { criteriaOf, scopeOf } from "./run.ts";

/** A search taken apart: its tree as read, and how the database answers its first page. */
export type ExplainedSearch = Explanation & { readonly tree: string; readonly reading: Advice };

/** Explains the search of one type, without its includes. */
export async function explainSearch(
	exchange: Exchange,
	resourceType: string,
	pairs: readonly Pair[],
): Promise<ExplainedSearch> {
	const search = parseSearch(scopeOf(exchange, isStrict(exchange.request)), resourceType, pairs);
	const criteria = await criteriaOf(exchange, search, undefined);
	const limit = readCount(pairs, exchange.context.tenant) + 1;
	const explanation = await exchange.session.explain([criteria], { sort: search.sort, limit });
	const { plan, tables } = explanation;
	return { ...explanation, tree: print(search.filter), reading: adviseOn(plan, tables) };
}
