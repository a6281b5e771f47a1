package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.pipeline.PipelineCounters;
import org.junit.jupiter.api.Test;

/** What the books find: each fault by itself, and none where there is none. */
class FrameLedgerTest {
  private final FrameLedger ledger = new FrameLedger("test", false);
  private long cookie;

  private Ticket captured(long index, int checksum) {
    Ticket ticket = new Ticket(++cookie, new Slot(0, 0));
    ticket.captured(index, checksum, 1_000);
    ledger.captured(10);
    return ticket;
  }

  private void show(Ticket ticket, int checksum) {
    ticket.shown(checksum, 5_001_000);
    ledger.shown(ticket, 10);
    ledger.settle();
  }

  @Test
  void countsGoodFramesAndTheirLatency() {
    show(captured(0, 7), 7);
    show(captured(1, 8), 8);
    PipelineCounters counters = ledger.counters();
    assertThat(counters.captured()).isEqualTo(2);
    assertThat(counters.displayed()).isEqualTo(2);
    assertThat(counters.writtenByCapture()).isEqualTo(20);
    assertThat(counters.readByDisplay()).isEqualTo(20);
    assertThat(counters.latency().p50Micros()).isBetween(4_990.0, 5_010.0);
    assertThat(counters.lost() + counters.repeated() + counters.outOfOrder()).isZero();
    assertThat(counters.checksumMismatches() + counters.errors() + counters.dropped()).isZero();
  }

  @Test
  void findsAnotherChecksum() {
    show(captured(0, 7), 8);
    assertThat(ledger.counters().checksumMismatches()).isEqualTo(1);
  }

  @Test
  void findsAFrameThatWasShownBeforeCaptureCompletedIt() {
    Ticket ticket = new Ticket(1, new Slot(0, 0));
    ticket.notCaptured(Ticket.Capture.FAILED);
    show(ticket, 1);
    assertThat(ledger.counters().checksumMismatches()).isEqualTo(1);
  }

  @Test
  void findsAFrameShownAfterALaterOne() {
    Ticket first = captured(0, 1);
    Ticket second = captured(1, 1);
    Ticket third = captured(2, 1);
    show(first, 1);
    show(third, 1);
    show(second, 1);
    assertThat(ledger.counters().outOfOrder()).isEqualTo(1);
    assertThat(ledger.counters().lost()).as("it came, if late").isZero();
  }

  @Test
  void findsAFrameOfTheSourceThatIsShownAgain() {
    show(captured(0, 1), 1);
    show(captured(0, 1), 1);
    assertThat(ledger.counters().repeated()).isEqualTo(1);
    assertThat(ledger.counters().displayed()).isEqualTo(1);
    assertThat(ledger.counters().outOfOrder()).isZero();
  }

  @Test
  void countsAWideGapAtOnce() {
    show(captured(0, 1), 1);
    show(captured(Long.MAX_VALUE / 2, 1), 1);
    assertThat(ledger.counters().lost()).isEqualTo(Long.MAX_VALUE / 2 - 1);
  }

  @Test
  void waitsForCapturesWordBeforeItComparesInOrderOfTheFlips() {
    Ticket first = new Ticket(1, new Slot(0, 0));
    Ticket second = captured(1, 2);
    show(first, 1);
    show(second, 2);
    assertThat(ledger.counters().outOfOrder()).isZero();
    first.captured(0, 1, 1_000);
    ledger.settle();
    PipelineCounters counters = ledger.counters();
    assertThat(counters.outOfOrder() + counters.checksumMismatches()).isZero();
    assertThat(counters.latency().maxMicros()).isPositive();
  }

  @Test
  void findsAGapInTheSourcesNumbering() {
    show(captured(0, 1), 1);
    show(captured(3, 1), 1);
    assertThat(ledger.counters().lost()).isEqualTo(2);
  }

  @Test
  void doesNotCallAFailedFrameLost() {
    show(captured(0, 1), 1);
    ledger.failed(1);
    show(captured(2, 1), 1);
    assertThat(ledger.counters().lost()).isZero();
    assertThat(ledger.counters().errors()).isEqualTo(1);
  }

  @Test
  void countsALostFrameOnceThoughItIsAlsoAGap() {
    show(captured(0, 1), 1);
    ledger.lost(captured(1, 1));
    show(captured(2, 1), 1);
    assertThat(ledger.counters().lost()).isEqualTo(1);
  }

  @Test
  void calledAGapOfALiveSourceDropped() {
    FrameLedger live = new FrameLedger("live", true);
    for (long index : new long[] {5, 9}) {
      Ticket ticket = new Ticket(index, new Slot(0, 0));
      ticket.captured(index, 1, 0);
      live.captured(1);
      ticket.shown(1, 1);
      live.shown(ticket, 1);
      live.settle();
    }
    assertThat(live.counters().dropped()).isEqualTo(3);
    assertThat(live.counters().lost()).isZero();
  }

  @Test
  void beginsInTheMiddleOfASource() {
    show(captured(41, 1), 1);
    assertThat(ledger.counters().lost()).isZero();
  }

  @Test
  void countsAFrameThatComesAgain() {
    ledger.shownAgain(3);
    assertThat(ledger.counters().repeated()).isEqualTo(1);
  }
}
