package org.dmabuf.gem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportPolicy;
import org.dmabuf.handover.DeviceState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A GEM device whose driver was replaced counts on where the old one was. */
final class SuccessorTest {
  private static final String DEVICE = "GEM device vgem";
  private static final String KIND = "org.dmabuf.gem";

  private final GemRig rig = new GemRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private GemCore next() {
    DmaBufRegistry driver = rig.core.open("driver 1.0.1");
    return GemRig.start(driver, "vgem", ExportPolicy.REVOKE);
  }

  @Test
  void shouldCountOn() {
    GemCore first = rig.start("vgem");
    int device = rig.open(first);
    rig.create(device);
    int fd = rig.share(device, rig.create(device));
    GemCore other = GemRig.start(rig.otherDriver, "other", ExportPolicy.REVOKE);
    int importing = rig.open(other);
    GemIoctl.fdToHandle(rig.files, importing, fd);
    assertThat(first.counters()).isEqualTo(new GemCounters(2, 0, 1));
    assertThat(other.counters()).isEqualTo(new GemCounters(0, 1, 0));
    first.close();
    rig.core.close(rig.driver);

    GemCore second = next();
    assertThat(second.counters()).isEqualTo(new GemCounters(2, 0, 1));
    int again = rig.open(second);
    rig.create(again);
    assertThat(second.counters()).isEqualTo(new GemCounters(3, 0, 1));
    second.close();
    other.close();
    rig.files.close(fd);
    rig.files.close(device);
    rig.files.close(importing);
    rig.files.close(again);
  }

  @Test
  void shouldBeginAnewWithAStateThatItDoesNotKnow() {
    rig.user.leaveState(DEVICE, new DeviceState(KIND, 2, Map.of("created", 7)));
    GemCore anew = next();
    assertThat(anew.counters()).isEqualTo(new GemCounters(0, 0, 0));
    anew.close();
    rig.user.leaveState(DEVICE, new DeviceState(KIND, 1, Map.of("created", "7", "imported", 3)));
    GemCore partly = next();
    assertThat(partly.counters()).isEqualTo(new GemCounters(0, 3, 0));
    partly.close();
    assertThat(rig.user.takeState(DEVICE, KIND, 1).orElseThrow().values())
        .isEqualTo(Map.of("created", 0L, "imported", 3L, "exported", 0L));
  }

  @Test
  void shouldLeaveNothingWhenItsBundleHasStopped() {
    GemCore late = rig.start("vgem");
    rig.core.close(rig.driver);
    late.close();
    assertThat(rig.user.takeState(DEVICE, KIND, 1)).isEmpty();
  }
}
