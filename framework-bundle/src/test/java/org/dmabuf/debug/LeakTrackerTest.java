package org.dmabuf.debug;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dmabuf.ManualClock;
import org.junit.jupiter.api.Test;

class LeakTrackerTest {
  private final ManualClock clock = new ManualClock();
  private final LeakDetector detector = new LeakDetector(LeakOptions.ALL, clock);
  private final LeakTracker tracker = detector.tracker("client");

  @Test
  void onlyALevelThatLooksForLeaksIsOn() {
    assertThat(tracker.isOn()).isTrue();
    assertThat(new LeakDetector(LeakOptions.sampled(2, 1), clock).tracker("client").isOn())
        .isTrue();
    LeakTracker off = new LeakDetector(LeakOptions.OFF, clock).tracker("client");
    assertThat(off.isOn()).isFalse();
    assertThat(LeakTracker.off().isOn()).isFalse();
    assertThat(off.take(LeakKind.HANDLE, new Object(), "a handle")).isNull();
  }

  @Test
  void whatWasGivenBackIsNoLeakHoweverLateItIsCollected() {
    Object handle = new Object();
    Acquisition note = tracker.take(LeakKind.HANDLE, handle, "a handle");
    assertThat(note.get()).isSameAs(handle);
    note.released();
    assertThat(note.get()).as("nobody gets it from the note any more").isNull();
    note.dropped();
    assertThat(detector.leaks()).isEmpty();
    assertThat(tracker.end()).isEmpty();
  }

  @Test
  void whatIsHeldAtTheEndIsNotDroppedAfterwards() {
    Acquisition note = tracker.take(LeakKind.VMAP, new Object(), "a vmap");
    clock.advance(1_002_000_000L);
    Leak leak = tracker.end().getFirst();
    assertThat(leak.cause()).isEqualTo(Leak.Cause.HELD_AT_END);
    assertThat(leak.toString()).contains("vmap a vmap", "client", "held", "1.002 s");
    note.dropped();
    assertThat(detector.leaks()).as("told by who ended it, and by nobody else").isEmpty();
  }

  @Test
  void leakNamesItsKindInWords() {
    tracker.take(LeakKind.DEVICE_MAPPING, new Object(), "two pages");
    assertThat(tracker.end().getFirst().toString()).startsWith("device mapping two pages");
  }

  @Test
  void leaksOfTheLastPlacesAreKept() {
    for (int place = 0; place < 256; place++) {
      tracker.tell(leakOf("client " + place));
    }
    tracker.tell(leakOf("client 0"));
    assertThat(detector.leaks()).hasSize(256);
    assertThat(detector.leaks().getFirst().count()).isEqualTo(2);
    tracker.tell(leakOf("one more"));
    assertThat(detector.leaks()).hasSize(256).extracting(Leak::client).doesNotContain("client 0");
    assertThat(detector.leaks().getLast().client()).isEqualTo("one more");
  }

  private static Leak leakOf(String client) {
    return new Leak(LeakKind.HANDLE, Leak.Cause.DROPPED, client, "a handle", List.of(), 0, 1);
  }
}
