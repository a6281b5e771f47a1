package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A handle that ended while another thread gave its vmap back gave it back a second time, and so
 * that of another handle.
 */
@Row("U5")
class VmapOfAnotherHandleDroppedTest {
  @RegisterExtension final Framework framework = new Framework();

  @Test
  void eachVmapIsGivenBackOnce() throws Exception {
    DmaBufRegistry registry = framework.open("stays");
    DmaBufRegistry leaving = framework.open("leaving");
    DmaBuf stays = new RecordingExporter.Full(registry, 4096).export(registry);
    stays.resv().lock();
    MemorySegment address = stays.vmap();
    stays.resv().unlock();
    CyclicBarrier round = new CyclicBarrier(2);
    DmaBuf[] ending = new DmaBuf[1];
    Threads.together(
        2,
        number -> {
          for (int i = 0; i < 800; i++) {
            if (number == 0) {
              ending[0] = leaving.adopt(stays);
              stays.resv().lock();
              ending[0].vmap();
              stays.resv().unlock();
            }
            round.await();
            if (number == 0) {
              ending[0].close();
            } else {
              giveBack(ending[0], address);
            }
            round.await();
          }
        });
    assertThat(framework.holdings().mappings()).isEqualTo(1);
    assertThat(address.get(ValueLayout.JAVA_BYTE, 0)).isZero();
    stays.resv().lock();
    stays.vunmap(address);
    stays.resv().unlock();
    stays.close();
  }

  private static void giveBack(DmaBuf handle, MemorySegment address) {
    handle.resv().lock();
    try {
      handle.vunmap(address);
    } catch (DmaBufException ended) {
      assertThat(ended.errno()).isEqualTo(Errno.EINVAL);
    } finally {
      handle.resv().unlock();
    }
  }
}
