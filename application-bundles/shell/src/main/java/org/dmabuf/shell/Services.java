package org.dmabuf.shell;

import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;

/** Finds services for the time of one question, so that no command keeps a driver's object. */
interface Services {
  /**
   * Who offers a service.
   *
   * @param bundle its symbolic name and version
   * @param label the name by which the service is found, from one of its properties
   */
  record Provider(String bundle, String label) {}

  /**
   * Asks each service of a type, by label.
   *
   * @param type the service's type
   * @param label the service property with its name
   * @param question asked with the service in use; it must not be kept
   * @return the answers of those that are still there
   */
  <S, A> List<A> ask(Class<S> type, String label, BiFunction<Provider, S, A> question);

  /**
   * Waits until there is a service of a type.
   *
   * @return whether one came in time
   * @throws InterruptedException when interrupted meanwhile
   */
  boolean await(Class<?> type, Duration atMost) throws InterruptedException;
}
