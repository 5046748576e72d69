import type { Gpu } from "../../../shared/gpu";
import type { Job, JobGpu } from "../../../shared/jobs";
import { boundedText } from "../../boundedText";
import { Failure } from "../../failure";
import type { RemoteCommand } from "../../remote";
import listScript from "./scripts/list.sh";
import ticketsPart from "./scripts/tickets.sh";

/** What a job on the host says to all others there: it waits for GPUs, or has some. Written by `scripts/queue.sh`; advice, not proof. */
export interface Ticket {
  /** The older one is served first; compare as strings. */
  readonly order: string;
  /** It belongs to the user who asks. */
  readonly mine: boolean;
  readonly user: string;
  readonly state: "waiting" | "holding";
  /** The job's id, unique for its user and machine. */
  readonly job: string;
  /** Machine, or container on it; indices of GPUs differ between containers. */
  readonly machine: string;
  /** How many it wants, or has. */
  readonly count: number;
  /** Free memory that each has to have. */
  readonly memoryBytes?: number;
  /** Those that it has. */
  readonly gpus: readonly JobGpu[];
  /** ISO 8601 UTC. */
  readonly submittedAt: string;
  /** Since when it has its GPUs, ISO 8601 UTC; absent while it waits. */
  readonly heldSince?: string;
}

/** A function of the host, `list_tickets`: what `parseTickets` reads. In a shell of its own, as it changes the locale. */
export const ticketsFunction = `list_tickets() (\n${ticketsPart}${listScript})\n`;

/** The live tickets of all users, the oldest first. */
export const ticketsCommand: RemoteCommand<readonly Ticket[]> = {
  what: "looking who waits for GPUs",
  argv: ["sh", "-c", `${ticketsPart}${listScript}`],
  deadlineMs: 30_000,
  parse({ stdout, stderr, exitCode }) {
    if (exitCode === 0) return parseTickets(stdout);
    throw new Failure({ reason: "commandFailed", what: ticketsCommand.what, exitCode, detail: boundedText(stderr) });
  },
};

/** Reads what `scripts/list.sh` prints; lines that are no ticket's are left out. */
export function parseTickets(text: string): readonly Ticket[] {
  const line =
    /^(mine|-) 1-(\d{10})-(\d{9})-(\S+)-(?:any|these)-(\d{1,3})-(\d{1,9}) (waiting|claiming|holding) (\S+) (\S+) (\d{1,10}) (\S+) (.+)$/gm;
  return [...text.matchAll(line)].map(
    ([
      ,
      mine,
      seconds = "",
      nanoseconds,
      process,
      count,
      mebibytes,
      state,
      machine = "",
      job = "",
      since,
      gpus = "",
      user = "",
    ]) => ({
      order: `${seconds}-${nanoseconds}-${process}`,
      mine: mine === "mine",
      user,
      state: state === "holding" ? "holding" : "waiting",
      job,
      machine,
      count: Number(count),
      ...(Number(mebibytes) === 0 ? {} : { memoryBytes: Number(mebibytes) * 2 ** 20 }),
      gpus: state === "holding" && gpus !== "-" ? gpus.split(",").flatMap(gpuOfTicket) : [],
      submittedAt: timeOf(Number(seconds)),
      ...(state === "holding" && Number(since) > 0 ? { heldSince: timeOf(Number(since)) } : {}),
    }),
  );
}

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

function gpuOfTicket(text: string): JobGpu[] {
  const [, index, uuid] = /^(\d{1,4}|-):([\w/-]+)$/.exec(text) ?? [];
  if (index === undefined) return [];
  return [
    { ...(index === "-" ? {} : { index: Number(index) }), ...(uuid === undefined || uuid === "-" ? {} : { uuid }) },
  ];
}

/** The tickets of other users as jobs, for those who ask what runs on the host. Their ids are nobody's job's: nothing can be done with them. */
export function jobsOfTickets(tickets: readonly Ticket[]): readonly Job[] {
  const queue = tickets.filter(({ state }) => state === "waiting");
  const jobs = tickets
    .filter(({ mine }) => !mine)
    .map(
      (ticket): Job => ({
        id: `ticket-${ticket.order}`,
        name: nameOf(ticket),
        submittedAt: ticket.submittedAt,
        backend: "process",
        user: ticket.user,
        ...(ticket.state === "holding"
          ? {
              state: "running",
              gpus: [...ticket.gpus],
              ...(ticket.heldSince === undefined ? {} : { startedAt: ticket.heldSince }),
            }
          : { state: "queued", reason: "waitingForGpus", ahead: queue.indexOf(ticket) }),
      }),
    );
  // Whoever writes tickets by hand may give two of them one order.
  return [...new Map(jobs.map((job) => [job.id, job])).values()];
}

function nameOf({ count, memoryBytes }: Ticket): string {
  const memory = memoryBytes === undefined ? "" : ` with ${Math.round(memoryBytes / 1e9)} GB`;
  return count === 1 ? `a job for 1 GPU${memory}` : `a job for ${count} GPUs${memory}`;
}

/** The ticket that holds a GPU or a slice of it, by a UUID that only one GPU has, else by the index. */
export function holderOf(gpu: Gpu, uuid: string | undefined, tickets: readonly Ticket[]): Ticket | undefined {
  return tickets.find(({ gpus }) =>
    gpus.some((held) => {
      if (held.uuid !== undefined) return held.uuid === uuid;
      return held.index === gpu.index && uuid === gpu.uuid;
    }),
  );
}
