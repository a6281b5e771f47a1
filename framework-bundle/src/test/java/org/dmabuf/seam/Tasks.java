package org.dmabuf.seam;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Tasks that run one at a time on threads of their own, and change places only at the seam.
 *
 * <pre>
 *   READY --chosen--> running --step--> READY
 *                        +-----park (no permit)--> PARKED --unpark, interrupt--> READY
 *                        +-----spin--> SPINNING --a step of another--> READY
 *                        +-----end--> ENDED
 *   all PARKED or ENDED, and one PARKED: deadlock
 * </pre>
 *
 * <p>A park takes no time and never ends by itself, so a wake-up that is lost is a deadlock. A
 * monitor is not of the seam: a step inside one that the scenario has named is none, so that what
 * it guards is one step to all who take it.
 */
public final class Tasks {
  /** Who runs next, when several can. */
  public interface Choice {
    /** Returns which, 0 to among - 1; when the one that runs can go on, that is 0. */
    int next(int among, boolean canGoOn);
  }

  /** What a task does. */
  public interface Body {
    /** Runs it. */
    void run() throws Exception;
  }

  /** Nothing can run and something has not ended. */
  public static final class Deadlock extends AssertionError {
    private static final long serialVersionUID = 1L;

    Deadlock(String message) {
      super(message);
    }
  }

  /** Ends the threads of a run that is over. */
  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1L;

    Abandoned() {
      super("The run is over", null, false, false);
    }
  }

  private enum State {
    READY,
    PARKED,
    SPINNING,
    ENDED
  }

  private static final Map<Thread, Task> OF_THREADS = new ConcurrentHashMap<>();
  private static final int MOST_STEPS = 20_000;

  private final Choice choice;
  private final List<Object> monitors;
  private final List<Task> tasks = new ArrayList<>();
  private final Semaphore over = new Semaphore(0);
  private volatile Throwable failure;
  private int steps;

  private Tasks(Choice choice, List<Object> monitors) {
    this.choice = choice;
    this.monitors = monitors;
  }

  /** One of them. All fields are of whoever runs. */
  static final class Task {
    private final Tasks all;
    private final int number;
    private final Thread thread;
    private volatile boolean hasTurn;
    private State state = State.READY;
    private boolean permit;
    private Object blocker;

    Task(Tasks all, int number, Body body) {
      this.all = all;
      this.number = number;
      this.thread = Thread.ofVirtual().name("task " + number).unstarted(() -> run(body));
    }

    private void run(Body body) {
      try {
        awaitTurn();
        body.run();
      } catch (Abandoned end) {
        return;
      } catch (Throwable thrown) {
        all.end(thrown);
        return;
      } finally {
        OF_THREADS.remove(thread);
      }
      state = State.ENDED;
      try {
        all.switchTo(null);
      } catch (Throwable thrown) {
        all.end(thrown); // nobody would get the turn any more
      }
    }

    void step() {
      if (all.failure != null) {
        throw new Abandoned();
      }
      if (!isInMonitor()) {
        all.switchTo(this);
      }
    }

    void spin() {
      if (isInMonitor()) {
        throw new AssertionError("Spins with a monitor held");
      }
      state = State.SPINNING;
      step();
    }

    void park(Object what) {
      if (isInMonitor()) {
        throw new AssertionError("Parks for " + what + " with a monitor held");
      }
      if (!permit && !thread.isInterrupted()) {
        state = State.PARKED;
        blocker = what;
      }
      step();
      permit = false;
      blocker = null;
    }

    private boolean isInMonitor() {
      for (Object monitor : all.monitors) {
        if (Thread.holdsLock(monitor)) {
          return true;
        }
      }
      return false;
    }

    /**
     * No lock or semaphore: while they wait on through an interrupt they clear it, and whoever then
     * asks whether this task can run, as it was interrupted, would now and then be told no.
     */
    @SuppressWarnings("ThreadPriorityCheck") // others may run, which is all that it is to do
    private void awaitTurn() {
      while (!hasTurn) {
        if (thread.isInterrupted()) {
          Thread.yield();
        } else {
          LockSupport.park(this);
        }
      }
      hasTurn = false;
      if (all.failure != null) {
        throw new Abandoned();
      }
    }

    private void giveTurn() {
      hasTurn = true;
      LockSupport.unpark(thread);
    }

    private boolean canRun() {
      return state == State.READY || (state == State.PARKED && (permit || thread.isInterrupted()));
    }
  }

  /**
   * Runs bodies until all have ended.
   *
   * @param monitors inside of which there are steps
   * @throws Throwable what one of them threw, or {@link Deadlock}
   */
  public static void run(Choice choice, List<Body> bodies, List<Object> monitors) throws Throwable {
    Tasks all = new Tasks(choice, monitors);
    for (Body body : bodies) {
      all.tasks.add(new Task(all, all.tasks.size(), body));
    }
    for (Task task : all.tasks) {
      OF_THREADS.put(task.thread, task);
      task.thread.start();
    }
    all.switchTo(null);
    all.over.acquire();
    for (Task task : all.tasks) {
      task.giveTurn();
    }
    for (Task task : all.tasks) {
      task.thread.join();
    }
    if (all.failure != null && !(all.failure instanceof Abandoned)) {
      throw all.failure;
    }
  }

  static Task current() {
    return OF_THREADS.get(Thread.currentThread());
  }

  static boolean unpark(Thread thread) {
    Task task = OF_THREADS.get(thread);
    if (task == null) {
      return false;
    }
    task.permit = true;
    return true;
  }

  /** Gives the turn on; returns when it has come back to {@code me}. */
  private void switchTo(Task me) {
    if (me == null || me.state != State.SPINNING) {
      tasks.stream()
          .filter(task -> task.state == State.SPINNING)
          .forEach(task -> task.state = State.READY);
    }
    boolean canGoOn = me != null && me.canRun();
    List<Task> ready = new ArrayList<>(tasks);
    ready.removeIf(task -> task == me || !task.canRun());
    if (canGoOn) {
      ready.addFirst(me);
    }
    if (ready.isEmpty()) {
      end(tasks.stream().allMatch(task -> task.state == State.ENDED) ? new Abandoned() : stuck());
    } else if (++steps > MOST_STEPS) {
      end(new AssertionError("No end after " + MOST_STEPS + " steps: a livelock"));
    } else {
      Task next = ready.get(ready.size() == 1 ? 0 : choice.next(ready.size(), canGoOn));
      next.state = State.READY;
      if (next == me) {
        return;
      }
      next.giveTurn();
    }
    if (me != null) {
      me.awaitTurn();
    }
  }

  /** Says where the tasks are, one of which waits for something that is not of the seam. */
  static AssertionError blocked() {
    AssertionError error = new AssertionError("A task waits for what is not of the seam");
    OF_THREADS.forEach(
        (thread, task) -> {
          AssertionError where = new AssertionError("task " + task.number + " " + task.state);
          where.setStackTrace(thread.getStackTrace());
          error.addSuppressed(where);
        });
    return error;
  }

  private Deadlock stuck() {
    StringBuilder text = new StringBuilder("Nothing can run:");
    for (Task task : tasks) {
      text.append(" task %d %s for %s;".formatted(task.number, task.state, task.blocker));
    }
    return new Deadlock(text.toString());
  }

  private void end(Throwable why) {
    failure = why;
    over.release();
  }
}
