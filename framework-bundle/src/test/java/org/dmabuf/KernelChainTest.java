package org.dmabuf;

import java.util.Map;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceChain;
import org.dmabuf.fence.FenceContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a module inside the kernel recorded of chains, called again. */
class KernelChainTest {
  @RegisterExtension final Framework framework = new Framework();
  private FenceContext context;
  private final KernelTrace trace = KernelTrace.of("k.chain");

  @BeforeEach
  void open() {
    context = framework.contexts().open("oracle", "line");
  }

  @AfterEach
  void close() {
    context.close();
  }

  private void finds(FenceChain chain, long seqno) {
    trace.observe(
        "find_seqno",
        () ->
            Map.of(
                "found",
                FenceChain.findSeqno(chain, seqno)
                    .map(link -> Long.toString(link.seqno()))
                    .orElse("NULL")));
  }

  private void walks(FenceChain chain) {
    trace.observe(
        "chain_walk",
        () -> {
          int nodes = 0;
          for (DmaFence link = chain;
              link != null;
              link = link instanceof FenceChain one ? one.walk().orElse(null) : null) {
            nodes++;
          }
          return Map.of("nodes", nodes);
        });
  }

  @Test
  @Row({"K/3", "S15", "L/17"})
  void kChain() {
    DmaFence f0 = context.create();
    DmaFence f1 = context.create();
    DmaFence f2 = context.create();
    FenceChain two = FenceChain.of(f0, 2);
    FenceChain five = FenceChain.of(two, f1, 5);
    FenceChain ten = FenceChain.of(five, f2, 10);
    trace.observe(
        "chain",
        () ->
            Map.of(
                "ctx_same",
                two.contextId() == ten.contextId() ? 1 : 0,
                "seq1",
                two.seqno(),
                "seq3",
                ten.seqno()));
    for (long seqno : new long[] {0, 1, 2, 3, 5, 6, 9, 10, 11}) {
      finds(ten, seqno);
    }
    trace.step("find_seqno", () -> FenceChain.findSeqno(null, 1));
    trace.step("find_seqno", () -> FenceChain.findSeqno(f0, 1));
    trace.answer("status", ten::status);
    context.signal(f2);
    trace.answer("status", ten::status);
    context.signal(f0);
    trace.answer("status", two::status);
    finds(ten, 2);
    walks(ten);
    context.signal(f1);
    trace.answer("status", ten::status);
    walks(ten);
    trace.observe(
        "chain_init_lower_seqno",
        () -> {
          FenceChain late = FenceChain.of(ten, context.create(), 4);
          return Map.of(
              "seq",
              late.seqno(),
              "ctx_same",
              late.contextId() == ten.contextId() ? 1 : 0,
              "prev_seqno",
              late.previousSeqno());
        });
    DmaFence failed = context.create();
    FenceChain one = FenceChain.of(failed, 1);
    context.fail(failed, Errno.EIO);
    trace.answer("status", one::status);
    trace.ends();
  }
}
