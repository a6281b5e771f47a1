package org.dmabuf.launcher;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;

/**
 * A session of the Gogo shell, used by reflection: its classes are a bundle's, and the launcher
 * stays outside of the bundles.
 */
final class GogoSession implements AutoCloseable {
  static final String PROCESSOR = "org.apache.felix.service.command.CommandProcessor";
  private static final int INSPECT = 0;

  /** Our commands are found first. */
  private static final String SCOPE = "SCOPE = 'dmabuf:gogo:felix:*'";

  private final Class<?> type;
  private final Object session;

  /**
   * The streams of the process itself: Gogo puts others in the place of System.out and the like.
   */
  record Streams(InputStream in, OutputStream out, OutputStream err) {
    /** Takes the streams as they are; to be called before the framework starts. */
    static Streams current() {
      return new Streams(System.in, System.out, System.err);
    }
  }

  GogoSession(Object processor, Streams streams)
      throws ReflectiveOperationException, CommandFailed {
    ClassLoader loader = processor.getClass().getClassLoader();
    type = loader.loadClass("org.apache.felix.service.command.CommandSession");
    session =
        loader
            .loadClass(PROCESSOR)
            .getMethod("createSession", InputStream.class, OutputStream.class, OutputStream.class)
            .invoke(processor, streams.in(), streams.out(), streams.err());
    execute(SCOPE);
  }

  /**
   * Runs one command line.
   *
   * @return its result as text, empty when it has none
   * @throws CommandFailed when the command threw, or there is no such command
   */
  String execute(String line) throws CommandFailed {
    try {
      Object result = type.getMethod("execute", CharSequence.class).invoke(session, line);
      if (result == null) {
        return "";
      }
      return String.valueOf(
          type.getMethod("format", Object.class, int.class).invoke(session, result, INSPECT));
    } catch (InvocationTargetException e) {
      Throwable cause = e;
      while (cause instanceof InvocationTargetException && cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new CommandFailed(cause.getMessage() == null ? cause.toString() : cause.getMessage());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("This Gogo is not the one the launcher knows.", e);
    }
  }

  @Override
  public void close() throws ReflectiveOperationException {
    type.getMethod("close").invoke(session);
  }

  /** A command failed; the message is text only, the throwable was a bundle's. */
  static final class CommandFailed extends Exception {
    private static final long serialVersionUID = 1L;

    CommandFailed(String message) {
      super(message);
    }
  }
}
