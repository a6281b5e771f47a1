package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.Scan;
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

  private boolean event(Ticket ticket, FlipReport.Outcome outcome) {
    return flight.flipped(new FlipReport(ticket.cookie(), outcome, 2, new Scan(1, 1)));
  }

  @Test
  void keepsABufferWhileItIsOnTheScreen() {
    Ticket first = begin(0);
    captured(first, 0);
    first.committed();
    assertThat(event(first, FlipReport.Outcome.SHOWN)).isTrue();
    flight.dropFinished();
    assertThat(first.slot().state()).isEqualTo(Slot.State.ON_SCREEN);

    Ticket second = begin(1);
    captured(second, 1);
    second.committed();
    event(second, FlipReport.Outcome.SHOWN);
    assertThat(first.slot().state()).isEqualTo(Slot.State.FREE);
  }

  /** A flip may be told before the buffer can be dequeued; its index is capture's until then. */
  @Test
  void keepsABufferThatCaptureHasNotHandedBackThoughItLeftTheScreen() {
    Ticket first = begin(0);
    first.committed();
    event(first, FlipReport.Outcome.SHOWN);
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
    assertThat(event(ticket, FlipReport.Outcome.CANCELED)).isFalse();
    assertThat(flight.next()).contains(ticket);
    flight.dropFinished();
    assertThat(flight.isEmpty()).isFalse();
  }

  @Test
  void losesACapturedFrameThatTheDisplaySkipped() {
    Ticket ticket = begin(0);
    captured(ticket, 0);
    ticket.committed();
    event(ticket, FlipReport.Outcome.SKIPPED);
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
    event(ticket, FlipReport.Outcome.SKIPPED);
    flight.dropFinished();
    assertThat(flight.isEmpty()).isTrue();
    assertThat(ledger.counters().lost()).isZero();
    assertThat(ledger.counters().errors()).isEqualTo(1);
  }

  private static CapturedBuffer converted(int index, CapturedBuffer.Status status) {
    return new CapturedBuffer(index, status, Optional.empty(), "", 0, 0, 1, 1, -1);
  }

  @Test
  void givesTheCapturedBufferBackWhenItIsConvertedAndTheOtherWhenItLeavesTheScreen() {
    Ticket first = begin(0);
    assertThat(flight.nextToConvert()).as("it is not captured").isEmpty();
    captured(first, 0);
    assertThat(flight.nextToConvert()).contains(first);
    Slot target = new Slot(7, 7);
    first.converting(target);
    assertThat(flight.nextToConvert()).isEmpty();
    flight.converted(first, converted(7, CapturedBuffer.Status.DONE));
    assertThat(first.slot().state()).isEqualTo(Slot.State.FREE);
    Ticket second = flight.prepare(first.slot());
    flight.begin(second);
    first.committed();
    event(first, FlipReport.Outcome.SHOWN);
    flight.dropFinished();
    assertThat(target.state()).isEqualTo(Slot.State.ON_SCREEN);
    assertThat(first.slot().state()).as("it is the second one's").isEqualTo(Slot.State.IN_USE);
    flight.clearScreen();
    assertThat(target.state()).isEqualTo(Slot.State.FREE);
    assertThat(ledger.counters().lost()).isZero();
    assertThat(ledger.counters().checksumMismatches()).isZero();
  }

  @Test
  void hasAFrameConvertedAgainThatTheConverterTookAlong() {
    Ticket ticket = begin(0);
    captured(ticket, 0);
    Slot target = new Slot(7, 7);
    ticket.converting(target);
    ticket.notConverted();
    assertThat(target.state()).isEqualTo(Slot.State.FREE);
    assertThat(flight.nextToConvert()).contains(ticket);
    assertThat(ticket.slot().state()).isEqualTo(Slot.State.IN_USE);
  }

  @Test
  void countsAFrameThatCouldNotBeConvertedAsFailedAndGoesOn() {
    Ticket ticket = begin(0);
    captured(ticket, 0);
    Slot target = new Slot(7, 7);
    ticket.converting(target);
    flight.converted(ticket, converted(7, CapturedBuffer.Status.ERROR));
    flight.dropFinished();
    assertThat(flight.isEmpty()).isTrue();
    assertThat(target.state()).isEqualTo(Slot.State.FREE);
    assertThat(ledger.counters().errors()).isEqualTo(1);
    assertThat(ledger.counters().lost()).isZero();
  }

  @Test
  void countsAFlipOfWhatIsNotInFlightAsRepeated() {
    Ticket ticket = begin(0);
    captured(ticket, 0);
    ticket.committed();
    event(ticket, FlipReport.Outcome.SHOWN);
    assertThat(event(ticket, FlipReport.Outcome.SHOWN)).isFalse();
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
