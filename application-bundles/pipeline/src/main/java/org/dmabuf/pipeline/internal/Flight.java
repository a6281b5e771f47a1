package org.dmabuf.pipeline.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.video.node.CapturedBuffer;

/**
 * The frames in flight, in the order of their capture, and the one on the screen.
 *
 * <pre>
 *   oldest  [committed] [captured] [being written] [queued]  newest        screen: [shown]
 *
 *   a slot is free when its ticket is over at both devices and not on the screen
 * </pre>
 *
 * <p>Used by the pipeline's thread only; what is to be counted goes to the {@link FrameLedger}.
 */
final class Flight {
  private final FrameLedger ledger;
  // By cookie, which is a frame's name at the display.
  private final Map<Long, Ticket> tickets = new LinkedHashMap<>();
  private long lastCookie;
  private long accepted;
  private Ticket onScreen;

  Flight(FrameLedger ledger) {
    this.ledger = ledger;
  }

  boolean isEmpty() {
    return tickets.isEmpty();
  }

  int size() {
    return tickets.size();
  }

  /** How many frames capture has delivered or failed for good. */
  long accepted() {
    return accepted;
  }

  Ticket prepare(Slot slot) {
    return new Ticket(++lastCookie, slot);
  }

  void begin(Ticket ticket) {
    ticket.slot().setState(Slot.State.IN_USE);
    tickets.put(ticket.cookie(), ticket);
  }

  /** Books what became of a commit; returns whether a frame came onto the screen. */
  boolean flipped(FlipReport report) {
    Ticket ticket = tickets.get(report.cookie());
    if (ticket == null || ticket.display() == Ticket.Display.SHOWN) {
      if (report.isSeen()) {
        ledger.shownAgain(report.cookie());
      }
      return false;
    }
    switch (report.outcome()) {
      case SHOWN -> {
        if (report.isSeen()) {
          shown(ticket, report);
        } else {
          ticket.skipped();
        }
      }
      case SKIPPED -> ticket.skipped();
      case CANCELED -> ticket.handedBack();
    }
    return report.isSeen();
  }

  void captured(Ticket ticket, CapturedBuffer buffer, long sampleBytes) {
    ticket.captured(buffer.sourceIndex(), buffer.checksum(), buffer.timestampNanos());
    ledger.captured(sampleBytes);
    accepted++;
  }

  void failed(Ticket ticket, CapturedBuffer buffer) {
    ticket.notCaptured(Ticket.Capture.FAILED);
    ledger.failed(buffer.sourceIndex());
    accepted++;
  }

  /** A converter has handed a frame out; it failed when that one holds none. */
  void converted(Ticket ticket, CapturedBuffer buffer) {
    ticket.converted(buffer.checksum());
    if (buffer.status() != CapturedBuffer.Status.DONE) {
      ticket.notCaptured(Ticket.Capture.FAILED);
      ledger.failed(ticket.sourceIndex());
    }
  }

  /** The next frame to commit, in order: nothing overtakes. */
  Optional<Ticket> next() {
    return tickets.values().stream()
        .filter(ticket -> ticket.display() == Ticket.Display.NONE && comes(ticket))
        .findFirst();
  }

  /** The next frame to convert, in order; empty while that is not captured. */
  Optional<Ticket> nextToConvert() {
    return tickets.values().stream()
        .filter(ticket -> ticket.conversion() == Ticket.Conversion.NONE && comes(ticket))
        .findFirst()
        .filter(ticket -> ticket.capture() == Ticket.Capture.DONE);
  }

  private static boolean comes(Ticket ticket) {
    return ticket.capture() == Ticket.Capture.PENDING || ticket.capture() == Ticket.Capture.DONE;
  }

  /** Drops tickets that are over and frees their slots; returns whether there were any. */
  boolean dropFinished() {
    boolean any = tickets.values().removeIf(this::dropIfOver);
    ledger.settle();
    return any;
  }

  /** What was on the screen gives its buffer back, now or when capture has said its word, too. */
  void clearScreen() {
    if (onScreen != null && onScreen.isOver()) {
      onScreen.shownSlot().setState(Slot.State.FREE);
    }
    onScreen = null;
  }

  /** Gives up; what was captured and not shown is lost. */
  void abandon() {
    ledger.settle();
    for (Ticket ticket : tickets.values()) {
      if (ticket.capture() == Ticket.Capture.DONE && ticket.display() != Ticket.Display.SHOWN) {
        ledger.lost(ticket);
      }
    }
    tickets.clear();
  }

  private void shown(Ticket ticket, FlipReport report) {
    ticket.shown(report.scan().checksum(), report.timeNanos());
    clearScreen();
    onScreen = ticket;
    ledger.shown(ticket, report.scan().bytesRead());
  }

  private boolean dropIfOver(Ticket ticket) {
    if (!ticket.isOver()) {
      return false;
    }
    ticket.shownSlot().setState(ticket == onScreen ? Slot.State.ON_SCREEN : Slot.State.FREE);
    if (ticket.display() != Ticket.Display.SHOWN && ticket.capture() == Ticket.Capture.DONE) {
      ledger.lost(ticket);
    }
    return true;
  }
}
