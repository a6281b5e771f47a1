package org.dmabuf.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.DisplayRig.FREE;
import static org.dmabuf.display.DisplayRig.LAYOUT;
import static org.dmabuf.display.Failures.errnoOf;

import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.display.FlipEvent.Outcome;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.OpenFile;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may do what, which arguments are refused, and how long framebuffers live. */
@Timeout(120)
final class DisplayFileTest {
  private static final class Pipe extends OpenFile {
    @Override
    public String describe() {
      return "pipe";
    }

    @Override
    protected void released() {}
  }

  private final DisplayRig rig =
      new DisplayRig(
          new DisplayRig.PlainDriver(
              new DisplayInfo(
                  "display0",
                  "test",
                  "1.0.0",
                  List.of(PixelFormat.XRGB8888, PixelFormat.NV12),
                  64,
                  8,
                  8,
                  64,
                  64)));

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void onlyTheMasterSetsModesAndFlips() throws InterruptedException {
    int fd = rig.buffer();
    DisplayFile second = rig.display.open(rig.client.files());
    assertThat(errnoOf(() -> second.setMode(FREE))).isEqualTo(Errno.EACCES);
    int foreign = second.addFramebuffer(fd, LAYOUT, Modifier.LINEAR);
    rig.file.setMode(FREE);
    assertThat(errnoOf(() -> second.commit(CommitRequest.of(foreign, 1)))).isEqualTo(Errno.EACCES);
    assertThat(errnoOf(() -> rig.commit(foreign, 1))).isEqualTo(Errno.ENOENT);
    assertThat(errnoOf(() -> rig.file.removeFramebuffer(foreign))).isEqualTo(Errno.ENOENT);
    rig.flip(rig.framebuffer(fd), 1);
    assertThat(second.snapshot()).isPresent();

    rig.file.close();
    assertThat(second.snapshot()).isEmpty();
    DisplayFile third = rig.display.open(rig.client.files());
    assertThat(errnoOf(() -> second.setMode(FREE))).isEqualTo(Errno.EACCES);
    third.setMode(FREE);
    third.close();
    second.close();
    assertThat(rig.client.holdings().attachments()).isZero();
  }

  @Test
  void commitsAreRefusedInTheKernelsOrder() {
    int fb = rig.framebuffer(rig.buffer());
    assertThat(errnoOf(() -> rig.commit(fb, 1))).isEqualTo(Errno.EINVAL);
    rig.file.setMode(new Mode(33, 16, 0));
    assertThat(errnoOf(() -> rig.commit(fb + 1, 1))).isEqualTo(Errno.ENOENT);
    assertThat(errnoOf(() -> rig.commit(fb, 1))).isEqualTo(Errno.ENOSPC);
    rig.file.setMode(new Mode(32, 17, 0));
    assertThat(errnoOf(() -> rig.commit(fb, 1))).isEqualTo(Errno.ENOSPC);
    assertThat(rig.client.holdings().fences()).isZero();
  }

  @Test
  void modesOutsideTheLimitsAreRefused() {
    for (Mode mode :
        List.of(
            new Mode(7, 16, 0),
            new Mode(32, 7, 0),
            new Mode(65, 16, 0),
            new Mode(32, 65, 0),
            new Mode(32, 16, -1),
            new Mode(32, 16, Mode.MAX_REFRESH_MILLI_HZ + 1))) {
      assertThat(errnoOf(() -> rig.file.setMode(mode))).as(mode.toString()).isEqualTo(Errno.EINVAL);
    }
    rig.file.setMode(new Mode(64, 64, Mode.MAX_REFRESH_MILLI_HZ));
  }

  @Test
  void framebuffersAreCheckedBeforeTheirDescriptor() {
    int fd = rig.buffer();
    int bad = 77;
    assertThat(errnoOf(() -> rig.file.addFramebuffer(bad, layout(PixelFormat.GREY, 32, 16, 64), 0)))
        .isEqualTo(Errno.EINVAL);
    assertThat(
            errnoOf(
                () -> rig.file.addFramebuffer(bad, layout(PixelFormat.XRGB8888, 65, 16, 64), 0)))
        .isEqualTo(Errno.EINVAL);
    assertThat(
            errnoOf(
                () -> rig.file.addFramebuffer(bad, layout(PixelFormat.XRGB8888, 20, 16, 16), 0)))
        .isEqualTo(Errno.EINVAL);
    assertThat(errnoOf(() -> rig.file.addFramebuffer(bad, LAYOUT, 1))).isEqualTo(Errno.EINVAL);
    assertThat(errnoOf(() -> rig.file.addFramebuffer(bad, LAYOUT, Modifier.INVALID)))
        .isEqualTo(Errno.EINVAL);
    assertThat(errnoOf(() -> rig.framebuffer(bad))).isEqualTo(Errno.EBADF);
    assertThat(errnoOf(() -> rig.framebuffer(-1))).isEqualTo(Errno.EBADF);
    int pipe = rig.client.files().install(new Pipe(), false);
    assertThat(errnoOf(() -> rig.framebuffer(pipe))).isEqualTo(Errno.EINVAL);
    assertThat(rig.client.holdings().attachments()).isZero();
    assertThat(rig.framebuffer(fd)).isPositive();
  }

  @Test
  void aBufferMustHoldTheLastSampleOfEveryPlane() {
    FrameLayout layout = layout(PixelFormat.NV12, 20, 16, 64);
    // The last row's padding need not be there.
    long needed = layout.size() - 64 + 20;
    int small = TestBuffers.export(rig.client, needed - 1);
    int enough = TestBuffers.export(rig.client, needed);
    assertThat(errnoOf(() -> rig.file.addFramebuffer(small, layout, Modifier.LINEAR)))
        .isEqualTo(Errno.EINVAL);
    assertThat(rig.client.holdings().attachments()).isZero();
    rig.file.addFramebuffer(enough, layout, Modifier.LINEAR);
    assertThat(rig.client.holdings().mappings()).isEqualTo(1);
  }

  @Test
  void aFramebufferKeepsItsBufferAndIsMappedOnce() throws InterruptedException {
    int fd = rig.buffer();
    int fb = rig.framebuffer(fd);
    rig.client.files().close(fd);
    assertThat(rig.client.holdings().buffers()).isEqualTo(1);
    rig.file.setMode(FREE);
    rig.flip(fb, 1);
    rig.flip(fb, 2);
    assertThat(rig.client.holdings().mappings()).isEqualTo(1);
    assertThat(rig.client.buffers().getFirst().attachments())
        .containsExactly("display0 by display bundle");
    rig.file.setMode(new Mode(16, 16, 0));
    rig.file.removeFramebuffer(fb);
    assertThat(rig.client.holdings()).isEqualTo(DisplayRig.NOTHING);
    assertThat(errnoOf(() -> rig.file.removeFramebuffer(fb))).isEqualTo(Errno.ENOENT);
    assertThat(errnoOf(() -> rig.commit(fb, 3))).isEqualTo(Errno.ENOENT);
  }

  @Test
  void oneThatIsOnTheScreenOrPendingLivesUntilItIsReplaced() throws InterruptedException {
    rig.file.setMode(FREE);
    int first = rig.framebuffer(rig.buffer());
    rig.flip(first, 1);
    rig.file.removeFramebuffer(first);
    assertThat(rig.client.holdings().attachments()).isEqualTo(1);
    assertThat(rig.file.snapshot()).isPresent();

    int fd = rig.buffer();
    DmaFence writing = rig.writing(fd);
    int second = rig.framebuffer(fd);
    DmaFence out = rig.commit(second, 2);
    rig.file.removeFramebuffer(second);
    assertThat(rig.client.holdings().attachments()).isEqualTo(2);
    rig.capture.signal(writing);
    assertThat(rig.event().outcome()).isEqualTo(Outcome.FLIPPED);
    out.await(); // the event says that the flip was made, the fence that the former buffer is free
    assertThat(rig.client.holdings().attachments()).isEqualTo(1);
    rig.file.close();
    assertThat(rig.client.holdings().attachments()).isZero();
    assertThat(rig.client.holdings().mappings()).isZero();
  }

  @Test
  void closingCancelsWhatIsPendingAndGivesEverythingBack() throws InterruptedException {
    rig.file.setMode(FREE);
    int fd = rig.buffer();
    int shown = rig.framebuffer(rig.buffer());
    rig.flip(shown, 1);
    DmaFence writing = rig.writing(fd);
    DmaFence out = rig.commit(rig.framebuffer(fd), 2);
    rig.file.close();
    rig.file.close();
    assertThat(rig.client.holdings().attachments()).isZero();
    FlipEvent event = rig.file.nextEvent().orElseThrow();
    assertThat(event.outcome()).isEqualTo(Outcome.CANCELED);
    assertThat(event.error()).contains(Errno.ECANCELED);
    out.await();
    assertThat(out.error()).contains(Errno.ECANCELED);
    assertThat(errnoOf(() -> rig.file.nextEvent())).isEqualTo(Errno.EBADF);
    assertThat(errnoOf(() -> rig.file.setMode(FREE))).isEqualTo(Errno.EBADF);
    assertThat(rig.file.snapshot()).isEmpty();
    rig.capture.signal(writing);

    // The device is as new for the next one.
    try (DisplayFile next = rig.display.open(rig.client.files())) {
      assertThat(errnoOf(() -> next.commit(CommitRequest.of(1, 1)))).isEqualTo(Errno.EINVAL);
      next.setMode(FREE);
    }
  }

  @Test
  void aFileMayBeClosedByItsRecorder() throws InterruptedException {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(rig.buffer());
    rig.file.setRecorder((cookie, layout, view) -> rig.file.close());
    rig.commit(fb, 1).await();
    rig.woken.acquire(); // told of the event, which comes after the fence
    assertThat(rig.event().outcome()).isEqualTo(Outcome.FLIPPED);
    assertThat(rig.client.holdings().attachments()).isZero();
  }

  @Test
  void aDisplayWithoutFormatsOrWithAWrongLimitIsNotMade() {
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

  private static DisplayInfo info(String name, List<PixelFormat> formats, int align, int max) {
    return new DisplayInfo(name, "test", "1", formats, align, 1, 1, max, max);
  }

  private static FrameLayout layout(PixelFormat format, int width, int height, int align) {
    return FrameLayout.of(format, width, height, align);
  }
}
