package org.dmabuf.importer.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.uapi.AtomicIoctl;
import org.dmabuf.display.uapi.KmsIoctl;
import org.dmabuf.display.uapi.KmsQuery;
import org.dmabuf.display.uapi.ModeObjectType;
import org.dmabuf.file.PollEvents;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flips that programs ask for without a vblank, of a display that can and of one that cannot. */
final class AsyncFlipTest {
  private static final List<Integer> CAPS = List.of(0x7, 0x15);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldComeAtOnceWhereTheDisplaySaysThatItCan(boolean can) {
    try (KmsPrograms rig = new KmsPrograms(Map.of("async", can))) {
      rig.set(rig.framebuffer(rig.painted(rig.card, 0)));
      int fb = rig.framebuffer(rig.painted(rig.card, 0x00ff_ffff));
      KmsIoctl.setClientCap(rig.files, rig.card, KmsIoctl.CAP_ATOMIC, 1);
      int plane = KmsQuery.planes(rig.files, rig.card).getFirst();
      int property =
          KmsQuery.properties(rig.files, rig.card, ModeObjectType.PLANE, plane).get("FB_ID").id();
      AtomicIoctl atomic = new AtomicIoctl().set(plane, property, fb);
      int flags = KmsIoctl.ASYNC | KmsIoctl.EVENT;

      assertThat(CAPS).allMatch(cap -> KmsIoctl.cap(rig.files, rig.card, cap) == (can ? 1 : 0));
      Runnable flip = () -> KmsIoctl.pageFlip(rig.files, rig.card, rig.crtc, fb, flags, 5);
      Runnable commit = () -> atomic.commit(rig.files, rig.card, flags | KmsIoctl.NONBLOCK, 6);
      if (can) {
        flip.run();
        assertThat(rig.files.poll(rig.card, PollEvents.POLLIN)).as("told").isNotZero();
        commit.run();
      } else {
        assertThat(errnoOf(flip)).isEqualTo(Errno.EINVAL);
        assertThat(errnoOf(commit)).isEqualTo(Errno.EINVAL);
      }
    }
  }

  private static Errno errnoOf(Runnable call) {
    return catchThrowableOfType(DmaBufException.class, call::run).errno();
  }
}
