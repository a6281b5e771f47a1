package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A completed fence's slot counted as room. The next fence of that one's context took it, which
 * uses up no reserved slot; the fence that came for the reserved slot then lay beyond the end of
 * the table.
 */
class ReservedSlotTakenByOwnContextTest {
  private static final int SLOTS = 4;

  @RegisterExtension final Framework framework = new Framework();

  @Test
  @Row({"R4", "R5"})
  void fenceWithoutRoomIsRefusedAndOneWithRoomIsNot() {
    List<FenceContext> contexts = new ArrayList<>();
    List<DmaFence> fences = new ArrayList<>();
    DmaResv resv = framework.reservation();
    resv.lock();
    for (int i = 0; i < SLOTS; i++) {
      contexts.add(framework.contexts().open("driver", "line " + i));
      fences.add(contexts.getLast().create());
      resv.reserveFences(1);
      resv.addFence(fences.getLast(), Usage.READ);
    }
    contexts.getFirst().signal(fences.getFirst());
    resv.reserveFences(1);
    resv.addFence(contexts.getFirst().create(), Usage.READ);
    FenceContext another = framework.contexts().open("driver", "another");
    contexts.add(another);
    assertErrno(Errno.EINVAL, () -> resv.addFence(another.create(), Usage.READ));
    resv.reserveFences(1);
    resv.addFence(another.create(), Usage.READ);
    resv.unlock();
    assertThat(resv.pending(Usage.READ)).hasSize(SLOTS + 1);
    contexts.forEach(FenceContext::close);
  }
}
