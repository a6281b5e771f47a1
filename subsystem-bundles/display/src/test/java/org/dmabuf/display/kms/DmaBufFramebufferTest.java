package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.KmsRig.errnoOf;
import static org.dmabuf.display.kms.ScanRig.LAYOUT;
import static org.dmabuf.display.kms.ScanRig.NOTHING;

import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBuf;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.KmsEvent.Kind;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.OpenFile;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.SizeLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Framebuffers over dma-bufs: what is checked, how long a buffer is held, and when it is let go.
 */
@Timeout(120)
final class DmaBufFramebufferTest {
  private static final class Pipe extends OpenFile {
    @Override
    public String describe() {
      return "pipe";
    }

    @Override
    protected void released() {}
  }

  private final ScanRig rig = new ScanRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldCheckFramebuffersBeforeTheirDescriptor() {
    int bad = 77;
    for (FrameLayout wrong :
        List.of(
            FrameLayout.of(PixelFormat.GREY, 32, 16, 64),
            FrameLayout.of(PixelFormat.XRGB8888, 65, 16, 64),
            FrameLayout.of(PixelFormat.XRGB8888, 20, 16, 16))) {
      assertThat(errnoOf(() -> rig.file.addFramebuffer(bad, wrong))).isEqualTo(Errno.EINVAL);
    }
    for (long modifier : List.of(1L, Modifier.INVALID)) {
      assertThat(errnoOf(() -> rig.file.addFramebuffer(bad, LAYOUT, OptionalLong.of(modifier))))
          .isEqualTo(Errno.EINVAL);
    }
    assertThat(errnoOf(() -> rig.framebuffer(bad))).isEqualTo(Errno.EBADF);
    assertThat(errnoOf(() -> rig.framebuffer(-1))).isEqualTo(Errno.EBADF);
    int pipe = rig.client.files().install(new Pipe(), false);
    assertThat(errnoOf(() -> rig.framebuffer(pipe))).isEqualTo(Errno.EINVAL);
    assertThat(rig.client.holdings().attachments()).isZero();
    rig.file.addFramebuffer(rig.buffer(), LAYOUT, OptionalLong.of(Modifier.LINEAR));
  }

  @Test
  void shouldRefuseModesOutsideItsLimits() {
    for (Mode mode :
        List.of(
            new Mode(7, 16, 60_000),
            new Mode(32, 7, 60_000),
            new Mode(65, 16, 60_000),
            new Mode(32, 65, 60_000),
            new Mode(32, 16, 0),
            new Mode(32, 16, Mode.MAX_REFRESH_MILLI_HZ + 1))) {
      assertThat(errnoOf(() -> set(mode))).as(mode.toString()).isEqualTo(Errno.EINVAL);
    }
    set(new Mode(64, 64, Mode.MAX_REFRESH_MILLI_HZ));
  }

  private void set(Mode mode) {
    rig.file.commit(
        new AtomicRequest().light(rig.crtc, rig.display.connectors().getFirst(), mode),
        AtomicFlag.ALLOW_MODESET);
  }

  @Test
  void shouldWantTheLastSampleOfEveryPlaneInTheBuffer() {
    FrameLayout layout = FrameLayout.of(PixelFormat.NV12, 20, 16, 64);
    // The last row's padding need not be there.
    long needed = layout.size() - 64 + 20;
    int small = TestBuffers.export(rig.client, needed - 1);
    int enough = TestBuffers.export(rig.client, needed);
    assertThat(errnoOf(() -> rig.file.addFramebuffer(small, layout))).isEqualTo(Errno.EINVAL);
    assertThat(rig.client.holdings().attachments()).isZero();
    rig.file.addFramebuffer(enough, layout);
    assertThat(rig.client.holdings().mappings()).as("once for all planes").isEqualTo(1);
  }

  @Test
  void shouldKeepItsBufferAndMapItOnce() throws InterruptedException {
    int fd = rig.buffer();
    Framebuffer frame = rig.framebuffer(fd);
    rig.client.files().close(fd);
    assertThat(rig.client.holdings().buffers()).isEqualTo(1);
    rig.flip(frame, 1);
    rig.flip(frame, 2);
    assertThat(rig.client.holdings().mappings()).isEqualTo(1);
    assertThat(rig.client.buffers().getFirst().attachments())
        .containsExactly("display0 by display bundle");
    rig.file.closeFramebuffer(frame.id());
    assertThat(errnoOf(() -> rig.file.closeFramebuffer(frame.id()))).isEqualTo(Errno.ENOENT);
    rig.file.close();
    assertThat(rig.client.holdings()).isEqualTo(NOTHING);
  }

  @Test
  void shouldLiveUntilItIsReplacedWhenItIsOnTheScreenOrPending() throws InterruptedException {
    Framebuffer first = rig.framebuffer(rig.buffer());
    rig.flip(first, 1);
    rig.file.closeFramebuffer(first.id());
    assertThat(rig.client.holdings().attachments()).isEqualTo(1);
    assertThat(rig.file.snapshot(rig.crtc)).isPresent();

    int fd = rig.buffer();
    DmaFence writing = rig.writing(fd);
    Framebuffer second = rig.framebuffer(fd);
    rig.commit(second, 2);
    rig.file.closeFramebuffer(second.id());
    assertThat(rig.client.holdings().attachments()).isEqualTo(2);
    rig.capture.signal(writing);
    assertThat(rig.event().kind()).isEqualTo(Kind.FLIP_COMPLETE);
    assertThat(rig.client.holdings().attachments()).as("told when it is free").isEqualTo(1);
    rig.file.close();
    assertThat(rig.client.holdings().attachments()).isZero();
    assertThat(rig.client.holdings().mappings()).isZero();
  }

  /** A writeback's target is mapped for that, and what is only shown is not. */
  @Test
  void shouldBeWrittenThroughAMappingOfItsOwn() throws InterruptedException {
    int fd = rig.buffer();
    TestBuffers.write(rig.client, fd, LAYOUT, new byte[][] {new byte[32 * 4]});
    Framebuffer shown = rig.framebuffer(fd);
    Framebuffer into = rig.framebuffer(rig.buffer());
    Connector writeback = rig.display.connectors().get(1);
    rig.file.commit(
        new AtomicRequest()
            .feed(writeback, java.util.Optional.of(rig.crtc))
            .show(rig.plane, rig.crtc, shown)
            .writeInto(writeback, into),
        AtomicFlag.ALLOW_MODESET);
    rig.file.close(); // which waits for what is written
    assertThat(rig.client.holdings().mappings()).isZero();
  }

  /**
   * A framebuffer that had been removed was given back before the out-fence of the flip that
   * replaced it was signalled. That takes the reservation of its buffer, so who held that one and
   * waited for the out-fence was stuck, and the display with it.
   */
  @Test
  void shouldCompleteTheOutFenceThoughAFormerBuffersReservationIsHeld() throws Exception {
    int fd = rig.buffer();
    Framebuffer former = rig.framebuffer(fd);
    rig.flip(former, 1);
    rig.file.closeFramebuffer(former.id());

    Framebuffer next = rig.framebuffer(rig.buffer());
    DmaFence drawn = rig.capture.create();
    DmaFence shown = rig.commit(rig.showing(next, 2).inFence(rig.plane, drawn), AtomicFlag.ASYNC);
    try (DmaBuf buffer = rig.client.get(fd)) {
      buffer.resv().lock();
      try {
        rig.capture.signal(drawn);
        assertThat(ScanRig.completes(shown)).as("the next frame is shown").isTrue();
        assertThat(rig.file.nextEvent()).as("the former buffer is not free yet").isEmpty();
      } finally {
        buffer.resv().unlock();
      }
    }
    assertThat(rig.event().cookie()).isEqualTo(2);
    assertThat(rig.client.holdings().attachments()).isEqualTo(1);
  }

  /**
   * A commit was done with when its event was delivered, and a file that was closed at that moment
   * was back before the display's thread had given the commit's buffer back.
   */
  @Test
  void shouldReturnFromCloseWhenEverythingIsGivenBack() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    // A close that does not wait for the detach would be back long before this time has passed.
    int fd = TestBuffers.export(rig.client, LAYOUT.size(), () -> await(closed, 300));
    Framebuffer frame = rig.framebuffer(fd);
    rig.flip(frame, 1);
    rig.file.closeFramebuffer(frame.id());
    FutureTask<Long> closer =
        new FutureTask<>(
            () -> {
              rig.file.close();
              closed.countDown();
              return rig.client.holdings().attachments();
            });
    Thread.ofPlatform().daemon().start(closer);
    assertThat(closer.get(60, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void shouldNotBeMadeWithoutFormatsOrWithAWrongLimit() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> info("", List.of(PixelFormat.GREY), 1, 8),
            () -> info("d", List.of(), 1, 8),
            () -> info("d", List.of(PixelFormat.GREY), 3, 8),
            () -> info("d", List.of(PixelFormat.GREY), 0, 8),
            () -> info("d", List.of(PixelFormat.GREY), 1, FrameLayout.MAX_SIDE + 1),
            () -> info("d", List.of(PixelFormat.GREY), 1, 0))) {
      assertThat(errnoOf(wrong)).isEqualTo(Errno.EINVAL);
    }
  }

  private static KmsInfo info(String name, List<PixelFormat> formats, int align, int max) {
    return new KmsInfo(
        name,
        KmsInfo.Maker.UNKNOWN,
        formats,
        align,
        SizeLimits.ofFrames(1, 1, max, max),
        List.of(new KmsInfo.Screen(List.of(new Mode(1, 1, 60_000)), 0, false, false)),
        EnumSet.noneOf(KmsInfo.Feature.class));
  }

  private static void await(CountDownLatch latch, long millis) {
    try {
      latch.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
