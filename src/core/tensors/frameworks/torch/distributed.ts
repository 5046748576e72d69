import type { Rule } from "../../rule";

/** Several processes. What a lost peer causes elsewhere is told only when nothing else is known. */
export const distributed: readonly Rule[] = [
  {
    kind: "collectiveTimeout",
    seen: ["source"],
    texts: [
      "Watchdog caught collective operation timeout: WorkNCCL({work:block}) ran for {ran:int} milliseconds before timing out",
      "Watchdog caught collective operation timeout",
      "Timed out waiting {time:text} for {which:text} operation to complete",
      "Wait timeout {rest:text} TCPStore",
      "Timed out after {time:text} waiting for clients",
    ],
    needs: "distributed",
    rule: "A collective operation ends only when every rank takes part in it with the same sizes.",
    explain: ({ words }) => {
      const operation = /OpType=(\w+)/.exec(words.work ?? "")?.[1];
      const limit = /Timeout\(ms\)=(\d+)/.exec(words.work ?? "")?.[1];
      return {
        operands: [],
        summary: `${operation ?? "a collective operation"} waited ${limit ? `${Number(limit) / 1000} s ` : ""}for a rank that did not come`,
        fixes: [
          { text: "look at the other ranks: one stopped, took another branch, or ran out of data earlier" },
          { text: "compare NumelIn of the ranks: different numbers mean tensors of different sizes" },
          { text: "a long step on one rank (saving, evaluating) needs a larger timeout in init_process_group" },
        ],
      };
    },
    isSecondary: true,
  },
  {
    kind: "unusedParameters",
    seen: ["source"],
    texts: [
      "Expected to have finished reduction in the prior iteration before starting a new one",
      "Expected to mark a variable ready only once",
    ],
    rule: "DistributedDataParallel waits for the gradient of every parameter in every step, once.",
    summary: "some parameters took no part in the loss, or took part twice",
    fixes: [
      "pass find_unused_parameters=True, or leave unused layers out of the model",
      "TORCH_DISTRIBUTED_DEBUG=DETAIL names the parameters",
    ],
  },
  {
    kind: "distributed",
    seen: ["source"],
    texts: [
      "Detected mismatch between collectives on ranks",
      "Tensor shapes must be {rest:text} across ranks",
      "verify_params_across_processes",
      "Default process group has not been initialized",
      "DDP expects same model across all ranks",
      "appears not to match sizes of the same param in process {n:int}",
    ],
    rule: "All ranks must run the same operations on tensors of the same sizes.",
    summary: "the ranks do not do the same",
    fixes: ["look for a size or a branch that depends on the rank or on its data"],
  },
  {
    kind: "peerLost",
    seen: ["2.13", "source"],
    texts: [
      "Connection closed by peer",
      "Connection reset by peer",
      "NCCL error in: {place:word}",
      "ncclRemoteError",
      "ncclSystemError",
      "NCCL communicator was aborted",
      "ncclInternalError",
      "ncclUnhandledCudaError",
    ],
    needs: "distributed",
    rule: "When one rank dies, the others lose it in the middle of an operation.",
    summary: "another rank ended first; this one only lost it",
    fixes: ["look at the output of the other ranks, the earliest failure first"],
    isSecondary: true,
    confidence: 0.6,
  },
];
