package org.dmabuf.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.DisplayRig.FREE;
import static org.dmabuf.display.DisplayRig.LAYOUT;
import static org.dmabuf.display.Failures.errnoOf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.FlipEvent.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a driver may do wrong, and how it shows. */
@Timeout(120)
final class ScanoutDriverTest {
  private static final long SAMPLES = 32 * 16 * 4;

  private final List<Long> recorded = new ArrayList<>();

  private DisplayRig rig(Consumer<Scanout> scanOut) {
    ScanoutDriver driver =
        new ScanoutDriver() {
          @Override
          public DisplayInfo info() {
            return DisplayRig.INFO;
          }

          @Override
          public void scanOut(Scanout frame) {
            scanOut.accept(frame);
          }
        };
    DisplayRig rig = new DisplayRig(driver);
    rig.file.setMode(FREE);
    rig.file.setRecorder((cookie, layout, view) -> recorded.add(cookie));
    return rig;
  }

  @Test
  void oneThatSaysItFlippedAndShowedNothingHasReadNothing() throws InterruptedException {
    try (DisplayRig rig = rig(frame -> assertThat(frame.layout()).isEqualTo(LAYOUT))) {
      FlipEvent event = rig.flip(rig.framebuffer(rig.buffer()), 1);
      assertThat(event.outcome()).isEqualTo(Outcome.FLIPPED);
      assertThat(event.bytesRead()).isZero();
      assertThat(event.checksum()).isZero();
      assertThat(recorded).isEmpty();
    }
  }

  @Test
  void oneThatShowsTwiceReadsTwice() throws InterruptedException {
    try (DisplayRig rig =
        rig(
            frame -> {
              frame.show();
              frame.show();
            })) {
      FlipEvent event = rig.flip(rig.framebuffer(rig.buffer()), 1);
      assertThat(event.bytesRead()).isEqualTo(2 * SAMPLES);
      assertThat(recorded).containsExactly(1L, 1L);
    }
  }

  @Test
  void oneThatShowsInTheWrongOrderIsSeenByTheRecorder() throws InterruptedException {
    List<Scanout> held = new ArrayList<>();
    Consumer<Scanout> swapping =
        frame -> {
          held.add(frame);
          if (held.size() == 2) {
            held.get(1).show();
            held.get(0).show();
          }
        };
    try (DisplayRig rig = rig(swapping)) {
      int first = rig.framebuffer(rig.buffer());
      int second = rig.framebuffer(rig.buffer());
      assertThat(rig.flip(first, 1).bytesRead()).isZero();
      assertThat(rig.flip(second, 2).bytesRead()).isEqualTo(SAMPLES);
      assertThat(recorded).containsExactly(2L, 1L);
    }
  }

  @Test
  void aFrameThatWasReplacedCannotBeShownAnyMore() throws InterruptedException {
    List<Scanout> held = new ArrayList<>();
    try (DisplayRig rig = rig(held::add)) {
      int fb = rig.framebuffer(rig.buffer());
      for (int cookie = 1; cookie <= 2; cookie++) {
        rig.flip(fb, cookie);
      }
      assertThat(errnoOf(() -> held.getFirst().show())).isEqualTo(Errno.EINVAL);
      rig.display.close();
      assertThat(errnoOf(() -> held.getLast().show())).isEqualTo(Errno.EINVAL);
      assertThat(recorded).isEmpty();
    }
  }

  @Test
  void oneThatFailsKeepsTheOldFrameOnTheScreenAndTheEventSaysWhy() throws InterruptedException {
    List<RuntimeException> failures = new ArrayList<>();
    try (DisplayRig rig =
        rig(
            frame -> {
              if (!failures.isEmpty()) {
                throw failures.getFirst();
              }
              frame.show();
            })) {
      int good = rig.framebuffer(rig.buffer());
      int fd = rig.buffer();
      TestBuffers.write(rig.client, fd, LAYOUT, (byte) 0x55);
      int bad = rig.framebuffer(fd);
      rig.flip(good, 1);
      failures.add(new IllegalStateException("planted"));
      assertThat(rig.flip(bad, 2).error()).contains(Errno.EIO);
      failures.set(0, new DmaBufException(Errno.ETIMEDOUT, "planted"));
      FlipEvent event = rig.flip(bad, 3);
      assertThat(event.outcome()).isEqualTo(Outcome.FLIPPED);
      assertThat(event.error()).contains(Errno.ETIMEDOUT);
      assertThat(rig.file.snapshot().orElseThrow().at(9, 9)).isEqualTo(0xff000000);
      failures.clear();
      assertThat(rig.flip(bad, 4).error()).isEqualTo(Optional.empty());
      assertThat(recorded).containsExactly(1L, 4L);
      rig.file.close();
      assertThat(rig.client.holdings().attachments()).isZero();
    }
  }
}
