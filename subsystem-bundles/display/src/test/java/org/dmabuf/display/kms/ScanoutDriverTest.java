package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.KmsRig.errnoOf;
import static org.dmabuf.display.kms.ScanRig.LAYOUT;
import static org.dmabuf.display.kms.ScanRig.SAMPLES;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.KmsEvent.Kind;
import org.dmabuf.fence.DmaFence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a driver may do wrong, and how it shows. */
@Timeout(120)
final class ScanoutDriverTest {
  @Test
  void oneThatSaysItFlippedAndShowedNothingHasReadNothing() throws InterruptedException {
    Consumer<Scanout> nothing = frame -> assertThat(frame.layouts()).containsExactly(LAYOUT);
    try (ScanRig rig = new ScanRig(nothing::accept)) {
      KmsEvent event = rig.flip(rig.framebuffer(rig.buffer()), 1);
      assertThat(event.kind()).isEqualTo(Kind.FLIP_COMPLETE);
      assertThat(event.scan()).isEqualTo(Scan.NONE);
      assertThat(rig.recorded).isEmpty();
    }
  }

  @Test
  void oneThatShowsTwiceReadsTwice() throws InterruptedException {
    ScanoutDriver twice =
        frame -> {
          frame.show();
          frame.show();
        };
    try (ScanRig rig = new ScanRig(twice)) {
      KmsEvent event = rig.flip(rig.framebuffer(rig.buffer()), 1);
      assertThat(event.scan().bytesRead()).isEqualTo(2 * SAMPLES);
      assertThat(rig.recorded).containsExactly(1L, 1L);
    }
  }

  @Test
  void oneThatShowsInTheWrongOrderIsSeenByTheRecorder() throws InterruptedException {
    List<Scanout> held = new ArrayList<>();
    ScanoutDriver swapping =
        frame -> {
          held.add(frame);
          if (held.size() == 2) {
            held.get(1).show();
            held.get(0).show();
          }
        };
    try (ScanRig rig = new ScanRig(swapping)) {
      Framebuffer first = rig.framebuffer(rig.buffer());
      Framebuffer second = rig.framebuffer(rig.buffer());
      assertThat(rig.flip(first, 1).scan().bytesRead()).isZero();
      assertThat(rig.flip(second, 2).scan().bytesRead()).isEqualTo(SAMPLES);
      assertThat(rig.recorded).containsExactly(2L, 1L);
    }
  }

  @Test
  void aFrameThatWasReplacedCannotBeShownAnyMore() throws InterruptedException {
    List<Scanout> held = new ArrayList<>();
    try (ScanRig rig = new ScanRig(held::add)) {
      Framebuffer frame = rig.framebuffer(rig.buffer());
      for (int cookie = 1; cookie <= 2; cookie++) {
        rig.flip(frame, cookie);
      }
      assertThat(errnoOf(() -> held.getFirst().show())).isEqualTo(Errno.EINVAL);
      rig.display.close();
      assertThat(errnoOf(() -> held.getLast().show())).isEqualTo(Errno.EINVAL);
      assertThat(rig.recorded).isEmpty();
    }
  }

  @Test
  void oneThatFailsKeepsTheOldFrameOnTheScreenAndTheFenceSaysWhy() throws InterruptedException {
    List<RuntimeException> failures = new ArrayList<>();
    ScanoutDriver failing =
        frame -> {
          if (!failures.isEmpty()) {
            throw failures.getFirst();
          }
          frame.show();
        };
    try (ScanRig rig = new ScanRig(failing)) {
      Framebuffer good = rig.framebuffer(rig.buffer());
      int fd = rig.buffer();
      TestBuffers.write(rig.client, fd, LAYOUT, (byte) 0x55);
      Framebuffer bad = rig.framebuffer(fd);
      rig.flip(good, 1);
      failures.add(new IllegalStateException("planted"));
      DmaFence broken = rig.commit(bad, 2);
      assertThat(rig.event().kind()).isEqualTo(Kind.FLIP_SKIPPED);
      assertThat(broken.error()).contains(Errno.EIO);
      failures.set(0, new DmaBufException(Errno.ETIMEDOUT, "planted"));
      DmaFence failed = rig.commit(bad, 3);
      assertThat(rig.event().scan()).isEqualTo(Scan.NONE);
      assertThat(failed.error()).contains(Errno.ETIMEDOUT);
      assertThat(rig.file.state().of(rig.plane).framebuffer()).contains(good);
      assertThat(rig.file.snapshot(rig.crtc).orElseThrow().at(9, 9)).isEqualTo(0xff000000);
      failures.clear();
      assertThat(rig.flip(bad, 4).kind()).isEqualTo(Kind.FLIP_COMPLETE);
      assertThat(rig.recorded).containsExactly(1L, 4L);
      rig.file.close();
      assertThat(rig.client.holdings().attachments()).isZero();
    }
  }
}
