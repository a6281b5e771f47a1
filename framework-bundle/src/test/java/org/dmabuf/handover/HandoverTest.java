package org.dmabuf.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.LogRecorder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A driver leaves what its device is like to its successor, as plain data. */
class HandoverTest {
  private static final DeviceState STATE =
      new DeviceState("capture", 2, Map.of("format", "YUYV", "sequence", 41));

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry first;
  private DmaBufRegistry second;

  @BeforeEach
  void open() {
    first = framework.open("driver 1.0.0");
    second = framework.open("driver 1.1.0");
  }

  @Test
  void successorTakesWhatWasLeftOnce() {
    framework.core().leave(first);
    first.leaveState("video0", STATE);
    framework.core().close(first);
    assertErrno(Errno.ENODEV, () -> first.leaveState("video0", STATE));
    assertErrno(Errno.ENODEV, () -> first.takeState("video0", "capture", 2));
    assertThat(second.takeState("video1", "capture", 2)).isEmpty();
    DeviceState taken = second.takeState("video0", "capture", 3).orElseThrow();
    assertThat(taken).isEqualTo(STATE);
    assertThat(taken.number("sequence")).hasValue(41);
    assertThat(taken.text("format")).contains("YUYV");
    assertThat(taken.number("format")).isEmpty();
    assertThat(taken.text("missing")).isEmpty();
    assertThat(second.takeState("video0", "capture", 3)).isEmpty();
    assertThat(LogRecorder.lines()).isEmpty();
  }

  @Test
  void whatIsNotUnderstoodIsToldOfAndForgotten() {
    first.leaveState("video0", STATE);
    assertThat(second.takeState("video0", "capture", 1)).isEmpty();
    assertThat(LogRecorder.lines())
        .containsExactly(
            "WARN driver 1.1.0 begins video0 anew: driver 1.0.0 left capture version 2, it reads"
                + " capture up to version 1");
    assertThat(second.takeState("video0", "capture", 2)).isEmpty();
    first.leaveState("video0", STATE);
    assertThat(second.takeState("video0", "display", 9)).isEmpty();
  }

  @Test
  void laterOneReplacesAndOldOnesAreForgotten() {
    first.leaveState("video0", new DeviceState("capture", 1, Map.of()));
    first.leaveState("video0", STATE);
    framework.clock().advance(StateBook.KEPT.toNanos());
    assertThat(second.takeState("video0", "capture", 2)).contains(STATE);
    first.leaveState("video0", STATE);
    framework.clock().advance(StateBook.KEPT.toNanos() + 1);
    assertThat(second.takeState("video0", "capture", 2)).isEmpty();
  }

  @Test
  void thereIsRoomForSoManyDevices() {
    for (int i = 0; i < StateBook.MOST; i++) {
      first.leaveState("video" + i, STATE);
    }
    assertErrno(Errno.ENOSPC, () -> first.leaveState("more", STATE));
    first.leaveState("video0", STATE);
    framework.clock().advance(StateBook.KEPT.toNanos() + 1);
    first.leaveState("more", STATE);
  }

  @Test
  void stateIsPlainDataOfItsOwn() {
    List<Object> sizes = new ArrayList<>(List.of(640, 480L, true, 1.5));
    Map<String, Object> values = new HashMap<>(Map.of("sizes", sizes, "crop", Map.of("x", 1)));
    DeviceState state = new DeviceState("capture", 1, values);
    sizes.clear();
    values.clear();
    assertThat(state.values())
        .isEqualTo(Map.of("sizes", List.of(640L, 480L, true, 1.5), "crop", Map.of("x", 1L)));
    refused("object", new Object());
    refused("list", List.of(List.of(new StringBuilder("foreign"))));
    refused("map", Map.of(1, "number"));
    Map<String, Object> nothing = new HashMap<>();
    nothing.put("null", null);
    assertErrno(Errno.EINVAL, () -> new DeviceState("capture", 1, nothing));
    Object deep = 1L;
    for (int i = 0; i < 20; i++) {
      deep = List.of(deep);
    }
    refused("deep", deep);
    assertErrno(Errno.EINVAL, () -> new DeviceState("", 1, Map.of()));
    assertErrno(Errno.EINVAL, () -> new DeviceState("capture", 0, Map.of()));
  }

  private static void refused(String name, Object value) {
    assertErrno(Errno.EINVAL, () -> new DeviceState("capture", 1, Map.of(name, value)));
  }
}
