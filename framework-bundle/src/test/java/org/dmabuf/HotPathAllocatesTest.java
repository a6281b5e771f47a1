package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Map and unmap made the text of an error, used or not, at each call. The hot path makes nothing.
 */
class HotPathAllocatesTest {
  private static final int ROUNDS = 20_000;

  @RegisterExtension final Framework framework = new Framework();

  @Test
  void hotPathAllocatesNothing() {
    DmaBufRegistry registry = framework.open("client");
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    DmaBuf handle = exporter.export(registry, ExportPolicy.REVOKE, true);
    Attachment attachment = handle.attach(DmaDevice.named("device"));
    DmaResv resv = handle.resv();
    FenceContext context = registry.fenceContext("driver", "line");
    DmaFence[] fences = new DmaFence[2 * ROUNDS];
    for (int i = 0; i < fences.length; i++) {
      fences[i] = context.create();
      fences[i].addCallback(registry.callback(done -> {}));
    }
    Runnable[] rounds = new Runnable[2];
    for (int half = 0; half < 2; half++) {
      int from = half * ROUNDS;
      rounds[half] =
          () -> {
            for (int i = from; i < from + ROUNDS; i++) {
              handle.get();
              resv.lock();
              attachment.unmap(attachment.map(DmaDirection.TO_DEVICE));
              resv.reserveFences(1);
              resv.addFence(fences[i], Usage.WRITE);
              resv.unlock();
              context.signal(fences[i]);
              handle.close();
            }
          };
    }
    rounds[0].run();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    rounds[1].run();
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(bytes / ROUNDS).as("bytes for each round, of %d in all", bytes).isZero();
    context.close();
    attachment.detach();
    handle.close();
  }
}
