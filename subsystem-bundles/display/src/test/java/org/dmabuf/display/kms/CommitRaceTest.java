package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Row;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that commit while fences complete, vblanks come, and in the end the file is closed. */
@Timeout(120)
final class CommitRaceTest {
  private static final int COMMITTERS = 3;
  private static final int COMMITS = 200;
  private static final long BUSY_NANOS = 50_000;

  private final KmsRig rig = new KmsRig();
  private final Queue<DmaFence> outs = new ConcurrentLinkedQueue<>();
  private final Queue<Long> events = new ConcurrentLinkedQueue<>();
  private final Queue<DmaFence> drawn = new ConcurrentLinkedQueue<>();

  @Test
  @Row({"F/3", "L/28"})
  void shouldCompleteEachCommitThatWasAcceptedOnceAndLeaveNothing() throws Exception {
    rig.light();
    List<TestMemory> memories = new ArrayList<>();
    List<FutureTask<Integer>> committers = new ArrayList<>();
    for (int i = 0; i < COMMITTERS; i++) {
      TestMemory memory = rig.memory();
      memories.add(memory);
      Framebuffer framebuffer = rig.framebuffer(memory);
      committers.add(started(new FutureTask<>(() -> commit(framebuffer, memory))));
    }
    AtomicBoolean ended = new AtomicBoolean();
    FutureTask<Integer> gpu = started(new FutureTask<>(() -> draw(ended)));

    while (!committers.stream().allMatch(FutureTask::isDone)) {
      rig.vblank();
      rig.events().forEach(events::add);
    }
    for (FutureTask<Integer> committer : committers) {
      assertThat(committer.get()).isEqualTo(COMMITS);
    }
    ended.set(true);
    gpu.get(60, TimeUnit.SECONDS);
    rig.vblank();
    rig.events().forEach(events::add);

    assertThat(events).hasSize(COMMITTERS * COMMITS);
    assertThat(outs).hasSize(COMMITTERS * COMMITS).allMatch(fence -> fence.status() == 1);
    rig.file.close();
    assertThat(memories).allMatch(memory -> memory.users() == 0);
    rig.close();
  }

  /** Commits a frame that is drawn later, again until it is accepted. */
  private int commit(Framebuffer framebuffer, TestMemory memory) {
    int accepted = 0;
    DmaFence fence = null;
    while (accepted < COMMITS) {
      if (fence == null) {
        fence = rig.drawing.create();
        memory.add(fence, Usage.WRITE);
        drawn.add(fence);
      }
      try {
        rig.file.commit(
            rig.showing(framebuffer).event(accepted).outFence(rig.crtc, new Kept(outs)),
            AtomicFlag.NONBLOCK);
        accepted++;
        fence = null;
      } catch (DmaBufException busy) {
        assertThat(busy.errno()).isEqualTo(Errno.EBUSY);
        // Whose vblank it waits for is to have the processor.
        LockSupport.parkNanos(BUSY_NANOS);
      }
    }
    return accepted;
  }

  private int draw(AtomicBoolean ended) {
    int done = 0;
    while (!ended.get() || !drawn.isEmpty()) {
      DmaFence next = drawn.poll();
      if (next != null) {
        rig.drawing.signal(next);
        done++;
      }
    }
    return done;
  }

  private static <T> FutureTask<T> started(FutureTask<T> task) {
    Thread.ofPlatform().daemon().start(task);
    return task;
  }

  /** Keeps the fences of commits that were accepted. */
  private static final class Kept implements OutFence {
    private final Queue<DmaFence> all;
    private DmaFence fence;

    Kept(Queue<DmaFence> all) {
      this.all = all;
    }

    @Override
    public void offered(DmaFence given) {
      fence = given;
      all.add(given);
    }

    @Override
    public void withdrawn() {
      all.remove(fence);
    }
  }
}
