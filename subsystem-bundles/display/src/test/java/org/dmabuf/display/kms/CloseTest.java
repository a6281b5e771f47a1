package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.AtomicFlag.NONBLOCK;
import static org.dmabuf.display.kms.KmsRig.blocked;
import static org.dmabuf.display.kms.KmsRig.errnoOf;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.Errno;
import org.dmabuf.display.Row;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.FileTable;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.DmaResv;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of commits and framebuffers when a file is closed, or the driver leaves. */
@Timeout(120)
final class CloseTest {
  private final KmsRig rig = new KmsRig();
  private final AtomicReference<DmaFence> out = new AtomicReference<>();
  private final DmaFence fence = rig.drawing.create();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Row("F/8")
  void shouldWaitForTheFenceOfAPendingFlip() throws Exception {
    rig.light();
    commitBehindFence(rig.file);
    KmsRig.Blocked closing = blocked(rig.file::close);
    assertThat(out.get().isSignaled()).isFalse();
    rig.drawing.signal(fence);
    rig.vblank();
    assertThat(closing.result()).isNull();
    assertThat(out.get().status()).isEqualTo(1);
  }

  @Test
  @Row("F/8")
  void shouldNotWaitForEverNorForTheVblank() throws Exception {
    rig.light();
    commitBehindFence(rig.file);
    KmsRig.Blocked closing = blocked(rig.file::close);
    rig.clock.awaitScheduled(1);
    rig.clock.advance(rig.client.waitBound().toNanos());
    assertThat(closing.result()).isNull();
    assertThat(out.get().error()).contains(Errno.ECANCELED);

    try (KmsFile next = rig.device.open(rig.client.files())) {
      Framebuffer framebuffer =
          next.addFramebuffer(
              FramebufferRequest.of(
                  org.dmabuf.format.PixelFormat.XRGB8888, 32, 16, 128, rig.memory()));
      next.commit(rig.lit(framebuffer), AtomicFlag.ALLOW_MODESET);
      next.commit(rig.showing(framebuffer).outFence(rig.crtc, out::set), NONBLOCK);
    }
    assertThat(out.get().status()).as("comes at once").isEqualTo(1);
  }

  @Test
  @Row("F/8")
  void shouldCancelAtOnceWhenTheProgramItselfEnds() {
    FileTable program = rig.client.openTable("program");
    rig.file.close();
    KmsFile file = rig.device.open(program);
    Framebuffer framebuffer =
        file.addFramebuffer(
            FramebufferRequest.of(
                org.dmabuf.format.PixelFormat.XRGB8888, 32, 16, 128, rig.memory()));
    file.commit(rig.lit(framebuffer), AtomicFlag.ALLOW_MODESET);
    file.commit(
        rig.showing(framebuffer).inFence(rig.primary, fence).outFence(rig.crtc, out::set),
        NONBLOCK);
    program.close();
    file.close();
    assertThat(out.get().error()).contains(Errno.ECANCELED);
  }

  @Test
  @Row("F/9")
  void shouldGiveFramebuffersBackAndLeaveTheCrtcOn() {
    TestMemory memory = rig.memory();
    Framebuffer framebuffer = rig.framebuffer(memory);
    rig.file.commit(rig.lit(framebuffer), AtomicFlag.ALLOW_MODESET);
    try (KmsFile witness = rig.device.open(rig.client.files())) {
      rig.file.close();
      assertThat(memory.users()).isZero();
      assertThat(witness.state().of(rig.crtc).active()).isTrue();
      assertThat(witness.state().of(rig.primary).framebuffer()).isEmpty();
      assertThat(witness.snapshot(rig.crtc).orElseThrow().at(0, 0)).isEqualTo(KmsRig.BLACK);
    }
    try (KmsFile last = rig.device.open(rig.client.files())) {
      assertThat(last.state().of(rig.crtc)).as("all were closed").isEqualTo(CrtcState.OFF);
    }
  }

  @Test
  void shouldCancelWhatIsPendingWhenTheDriverLeaves() {
    TestMemory memory = rig.memory();
    rig.light();
    rig.file.commit(
        rig.showing(rig.framebuffer(memory))
            .inFence(rig.primary, fence)
            .outFence(rig.crtc, out::set),
        NONBLOCK);
    rig.device.close();
    assertThat(out.get().error()).contains(Errno.ECANCELED);
    assertThat(memory.users()).isZero();
    assertThat(errnoOf(() -> rig.file.state())).isEqualTo(Errno.ENODEV);
    assertThat(errnoOf(() -> rig.device.open(rig.client.files()))).isEqualTo(Errno.ENODEV);
    rig.file.close();
    assertThat(errnoOf(() -> rig.file.state())).isEqualTo(Errno.EBADF);
  }

  /** What the client's thread had made ready was undone after the driver had been cleaned up. */
  @Test
  void shouldNotLeaveBeforeACommitThatIsBeingMadeHasLetGoOfItsFramebuffers() throws Exception {
    rig.light();
    Held held = new Held(rig.memory());
    Framebuffer framebuffer =
        rig.file.addFramebuffer(
            FramebufferRequest.of(org.dmabuf.format.PixelFormat.XRGB8888, 32, 16, 128, () -> held));
    FutureTask<Errno> commit = new FutureTask<>(() -> errnoOf(() -> rig.flip(framebuffer)));
    Thread.ofPlatform().daemon().start(commit);
    held.entered.await();
    FutureTask<Integer> closed =
        new FutureTask<>(
            () -> {
              rig.device.close();
              return held.prepared.get();
            });
    Thread.ofPlatform().daemon().start(closed);
    while (!rig.device.status().startsWith("has gone")) {
      Thread.onSpinWait();
    }
    held.goOn.countDown();
    assertThat(commit.get(60, TimeUnit.SECONDS)).isEqualTo(Errno.ENODEV);
    assertThat(closed.get(60, TimeUnit.SECONDS)).as("prepared when it was closed").isZero();
  }

  /** Memory that takes its time to be prepared. */
  private record Held(
      FramebufferMemory memory, CountDownLatch entered, CountDownLatch goOn, AtomicInteger prepared)
      implements FramebufferMemory {
    Held(FramebufferMemory memory) {
      this(memory, new CountDownLatch(1), new CountDownLatch(1), new AtomicInteger());
    }

    @Override
    public long size() {
      return memory.size();
    }

    @Override
    public DmaResv resv() {
      return memory.resv();
    }

    @Override
    public FrameView view() {
      return memory.view();
    }

    @Override
    public void prepare() {
      prepared.incrementAndGet();
      entered.countDown();
      try {
        goOn.await();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public boolean isTold() {
      return true;
    }

    @Override
    public void settled() {
      prepared.decrementAndGet();
    }

    @Override
    public void close() {}
  }

  private void commitBehindFence(KmsFile file) {
    file.commit(
        rig.showing(rig.framebuffer()).inFence(rig.primary, fence).outFence(rig.crtc, out::set),
        NONBLOCK);
  }
}
