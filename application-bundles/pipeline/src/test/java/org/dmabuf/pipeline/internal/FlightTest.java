package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.display.FlipEvent;
import org.dmabuf.video.node.CapturedBuffer;
import org.junit.jupiter.api.Test;

/** When a buffer may be written again, and what is committed next. */
class FlightTest {
  private final FrameLedger ledger = new FrameLedger("test", false);
  private final Flight flight = new Flight(ledger);

  private Ticket begin(int slot) {
    Ticket ticket = flight.prepare(new Slot(slot, slot));
    flight.begin(ticket);
    return ticket;
  }

  private void captured(Ticket ticket, long index) {
    CapturedBuffer buffer =
        new CapturedBuffer(
            ticket.slot().index(),
            CapturedBuffer.Status.DONE,
            Optional.empty(),
            "",
            index,
            1,
            1,
            1,
            index);
    flight.captured(ticket, buffer, 1);
  }

  private boolean event(Ticket ticket, FlipEvent.Outcome outcome) {
    return flight.flipped(new FlipEvent(ticket.cookie(), outcome, Optional.empty(), 0, 2, 1, 1));
  }

  @Test
  void keepsABufferWhileItIsOnTheScreen() {
    Ticket first = begin(0);
    captured(first, 0);
    first.committed();
    assertThat(event(first, FlipEvent.Outcome.FLIPPED)).isTrue();
    flight.dropFinished();
    assertThat(first.slot().state()).isEqualTo(Slot.State.ON_SCREEN);

    Ticket second = begin(1);
    captured(second, 1);
    second.committed();
    event(second, FlipEvent.Outcome.FLIPPED);
    assertThat(first.slot().state()).isEqualTo(Slot.State.FREE);
  }

  /** A flip may be told before the buffer can be dequeued; its index is capture's until then. */
  @Test
  void keepsABufferThatCaptureHasNotHandedBackThoughItLeftTheScreen() {
    Ticket first = begin(0);
    first.committed();
    event(first, FlipEvent.Outcome.FLIPPED);
    flight.dropFinished();
    flight.clearScreen();
    assertThat(first.slot().state()).isEqualTo(Slot.State.IN_USE);
    captured(first, 0);
    flight.dropFinished();
    assertThat(first.slot().state()).isEqualTo(Slot.State.FREE);
    assertThat(ledger.counters().lost()).isZero();
  }

  @Test
  void commitsInOrderAndPassesOverWhatWillNotCome() {
    Ticket canceled = begin(0);
    Ticket good = begin(1);
    canceled.notCaptured(Ticket.Capture.CANCELED);
    assertThat(flight.next()).contains(good);
  }

  @Test
  void givesACanceledCommitToTheNextDisplay() {
    Ticket ticket = begin(0);
    captured(ticket, 0);
    ticket.committed();
    assertThat(flight.next()).isEmpty();
    assertThat(event(ticket, FlipEvent.Outcome.CANCELED)).isFalse();
    assertThat(flight.next()).contains(ticket);
    flight.dropFinished();
    assertThat(flight.isEmpty()).isFalse();
  }

  @Test
  void losesACapturedFrameThatTheDisplaySkipped() {
    Ticket ticket = begin(0);
    captured(ticket, 0);
    ticket.committed();
    event(ticket, FlipEvent.Outcome.SKIPPED);
    flight.dropFinished();
    assertThat(ledger.counters().lost()).isEqualTo(1);
    assertThat(ticket.slot().state()).isEqualTo(Slot.State.FREE);
  }

  @Test
  void waitsForTheDisplaysWordOnAFailedFrame() {
    Ticket ticket = begin(0);
    ticket.committed();
    flight.failed(
        ticket,
        new CapturedBuffer(
            0, CapturedBuffer.Status.ERROR, Optional.of(Errno.EIO), "broken", 0, 0, 0, 0, 0));
    flight.dropFinished();
    assertThat(flight.isEmpty()).isFalse();
    event(ticket, FlipEvent.Outcome.SKIPPED);
    flight.dropFinished();
    assertThat(flight.isEmpty()).isTrue();
    assertThat(ledger.counters().lost()).isZero();
    assertThat(ledger.counters().errors()).isEqualTo(1);
  }

  @Test
  void countsAFlipOfWhatIsNotInFlightAsRepeated() {
    Ticket ticket = begin(0);
    captured(ticket, 0);
    ticket.committed();
    event(ticket, FlipEvent.Outcome.FLIPPED);
    assertThat(event(ticket, FlipEvent.Outcome.FLIPPED)).isFalse();
    assertThat(ledger.counters().repeated()).isEqualTo(1);
    assertThat(ledger.counters().displayed()).isEqualTo(1);
  }

  @Test
  void losesWhatWasCapturedAndNotShownWhenItIsAbandoned() {
    captured(begin(0), 0);
    begin(1);
    flight.abandon();
    assertThat(ledger.counters().lost()).isEqualTo(1);
  }
}
