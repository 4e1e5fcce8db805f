export { tenantEntities } from "./entities.ts";
export type { HistoryPage, HistoryPlace, HistoryQuery, HistoryVersion } from "./history.ts";
export type { Criteria, Found, Matches, Page } from "./query.ts";
export type { Session, TransactionSession, WriteMethod } from "./session.ts";
export { Contention } from "./sql.ts";
export type { Store } from "./store.ts";
export { createStore } from "./store.ts";
export type { Deletion, Stored } from "./stored.ts";
export { draft, finish } from "./stored.ts";
